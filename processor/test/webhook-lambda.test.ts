import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { test } from 'tap'
import type { ImageEvent } from '../../core/images/image-event.ts'
import { webhookEvent } from '../../scripts/testkit/webhooks/create-test-webhooks.ts'
import { startReceiver } from '../../scripts/testkit/webhooks/start-receiver.ts'
import { startWebhookServices } from '../../scripts/testkit/webhooks/start-webhook-services.ts'
import type { KafkaEvent } from '../triggers/read-kafka-event.ts'

const run = promisify(execFile)
const { endpoints, deliveries, environment } = await startWebhookServices(t)
const { url, received } = await startReceiver(t)
const schedule = { source: 'aws.scheduler' }

test('a Kafka event is stored and tried at once, and the schedule delivers what failed', async (t) => {
  const tenant = 'acme'
  for (const name of ['fine', 'failing', 'hanging']) {
    await endpoints.create({ tenant, url: `${url}/${name}`, events: ['image.processed'] })
  }
  const event = webhookEvent(tenant, Date.now())
  const settings = { REPORT_BATCH_ITEM_FAILURES: 'true', WEBHOOK_RETRY_SECONDS: '1' }
  const first = await invoke(kafkaEventOf([event, { no: 'event' }]), settings)
  t.strictSame(first.answer, { batchItemFailures: [] })
  t.strictSame(received.map(({ path }) => path).toSorted(), ['/failing', '/fine', '/hanging'])
  t.match(
    first.metrics
      .filter(({ outcome }) => outcome)
      .map(({ outcome }) => outcome)
      .toSorted(),
    ['delivered', 'failed', 'failed'],
  )
  t.match(first.metrics.at(-1), { WebhookTries: [1, 1, 1], WebhookEventsUnreadable: 1, service: 'webhooks' })

  const pending = async () => {
    const logs = await Promise.all(
      (await endpoints.list(tenant)).map(({ endpointId }) =>
        deliveries.listLog(endpointId, { order: 'oldest', limit: 10 }),
      ),
    )
    return logs.flatMap((log) => log.deliveries).filter(({ status }) => status === 'pending')
  }
  let age: unknown
  while ((await pending()).length > 0) {
    const { metrics } = await invoke(schedule, settings)
    age = metrics.at(-1)?.OldestDueWebhookAge
  }
  t.type([age].flat()[0], 'number')
  t.equal(received.length, 5)
  t.strictSame(new Set(received.map(({ id }) => id)), new Set([event.id]))
})

test('while DynamoDB is unavailable, the records are returned for redelivery', async (t) => {
  const away = { DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' }
  const event = kafkaEventOf([webhookEvent('acme', Date.now())])
  const reported = await invoke(event, { ...away, REPORT_BATCH_ITEM_FAILURES: 'true' })
  t.strictSame(reported.answer, {
    batchItemFailures: [{ itemIdentifier: { partition: 'image.processed-0', offset: 0 } }],
  })
  t.equal((await invoke(event, away)).failure, '1 Kafka records failed and will be redelivered')
})

test('an event of another source is an error', async (t) => {
  t.match((await invoke({ Records: [] })).failure, /neither a Kafka event nor a schedule/)
})

function kafkaEventOf(events: (ImageEvent | object)[]): KafkaEvent {
  const records = events.map((event, offset) => ({
    topic: 'image.processed',
    partition: 0,
    offset,
    timestamp: 1_545_084_650_987,
    timestampType: 'CREATE_TIME' as const,
    value: Buffer.from(JSON.stringify(event)).toString('base64'),
  }))
  return {
    eventSource: 'aws:SelfManagedKafka',
    bootstrapServers: 'a:9096',
    records: { 'image.processed-0': records },
  }
}

/** Calls the handler in a new process, as Lambda does. */
async function invoke(event: object, settings: Record<string, string> = {}) {
  const program = `
    const { handler } = await import(${JSON.stringify(new URL('../webhook-lambda.ts', import.meta.url).href)})
    const context = { functionName: 'webhooks', getRemainingTimeInMillis: () => 60_000 }
    const end = await handler(${JSON.stringify(event)}, context).then(
      (answer) => ({ answer }),
      ({ message }) => ({ failure: message }),
    )
    console.log(JSON.stringify(end))
    process.exit(0)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, ...environment, ...settings },
  })
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { answer, failure } = lines.find((line) => !('level' in line) && !('_aws' in line)) ?? {}
  return { metrics: lines.filter((line) => '_aws' in line), answer, failure }
}
