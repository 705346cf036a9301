import t, { type Test, test } from 'tap'
import { pollUntil } from '../../scripts/testkit/poll-until.ts'
import { startWorker } from '../../scripts/testkit/start-worker.ts'
import { webhookEvent } from '../../scripts/testkit/webhooks/create-test-webhooks.ts'
import { answers, startReceiver } from '../../scripts/testkit/webhooks/start-receiver.ts'
import { startWebhookServices } from '../../scripts/testkit/webhooks/start-webhook-services.ts'

const names = Object.keys(answers)
const { endpoints, eventBus, environment } = await startWebhookServices(t)

function startWebhookWorker(
  settings: Record<string, string> = {},
  program: 'worker.ts' | 'webhook-worker.ts' = 'webhook-worker.ts',
) {
  const fast = { WEBHOOK_TIMEOUT_SECONDS: '2', WEBHOOK_RETRY_SECONDS: '1' }
  return startWorker({ ...environment, ...fast, ...settings }, program)
}

async function startTestWorker(t: Test, program: 'worker.ts' | 'webhook-worker.ts') {
  const worker = await startWebhookWorker({}, program)
  t.teardown(() => worker.stop())
  return worker
}

test('every event reaches each endpoint although receivers fail at first and a worker is killed', async (t) => {
  const { url, received } = await startReceiver(t)
  const tenant = 'acme'
  for (const name of names) {
    await endpoints.create({ tenant, url: `${url}/${name}`, events: ['image.processed'] })
  }
  const events = Array.from({ length: 12 }, () => webhookEvent(tenant, Date.now()))
  const first = await startTestWorker(t, 'webhook-worker.ts')
  for (const event of events.slice(0, 6)) await eventBus.publish(event)
  await pollUntil(() => received.some(({ path }) => path === '/hanging'))
  await first.kill()
  // The worker that processes images delivers webhooks too.
  const second = await startTestWorker(t, 'worker.ts')
  for (const event of events.slice(6)) await eventBus.publish(event)

  const bodies = new Map(events.map((event) => [event.id, JSON.stringify(event)]))
  for (const name of ['fine', 'failing', 'resetting', 'hanging']) {
    const isComplete = () => {
      const answered = received.filter(
        ({ path, earlier }) => path === `/${name}` && (name === 'fine' || earlier > 0),
      )
      return new Set(answered.map(({ id }) => id)).size === events.length
    }
    await pollUntil(isComplete)
    t.pass(name)
  }
  t.ok(
    received.every(({ id, body }) => bodies.get(id) === body),
    'the body is the event as on Kafka',
  )
  await pollUntil(async () => (await endpoints.list(tenant)).some(({ status }) => status === 'disabled'))
  const disabled = (await endpoints.list(tenant)).filter(({ status }) => status === 'disabled')
  t.match(disabled, [{ url: `${url}/gone`, disabledReason: 'gone' }])

  const { secret = '' } = disabled[0]?.secrets[0] ?? {}
  for (const hidden of [secret, url]) t.notMatch([...first.logLines, ...second.logLines].join('\n'), hidden)
  t.equal(await second.stop(), 0, 'it exits with code 0 on SIGTERM')
})

test('the webhook worker needs a table', async (t) => {
  await t.rejects(startWebhookWorker({ WEBHOOKS_TABLE: '' }), /ended with code 1/)
})
