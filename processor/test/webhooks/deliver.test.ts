import { test } from 'tap'
import {
  createTestWebhooks,
  kafkaMessage,
  type TestWebhooks,
  webhookEvent,
} from '../../../scripts/testkit/webhooks/create-test-webhooks.ts'
import type { SendResult } from '../../webhooks/deliver.ts'
import { createSender, delivered, failed } from './create-sender.ts'

const day = 86_400_000

test('a failure is retried with growing waits, under the same id, until it succeeds', async (t) => {
  const { clock, addEndpoint, logOf, logLines, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(failed, failed, failed, delivered)
  const event = webhookEvent(endpoint.tenant, clock.now())
  const delivery = startDelivery(send)
  await delivery.accept(event)
  const dueAts: (number | undefined)[] = []
  for (let retry = 1; retry <= 3; retry++) {
    const [{ dueAt = 0, last } = { dueAt: 0 }] = await logOf(endpoint)
    dueAts.push(dueAt - clock.now())
    t.match(last, { status: 500, reason: 'The receiver answered 500.' })
    clock.advance(dueAt - clock.now() - 1)
    t.equal(await delivery.runDue(), 0, 'no retry before it is due')
    clock.advance(1)
    t.equal(await delivery.runDue(), 1)
  }
  t.strictSame(dueAts, [5_000, 15_000, 45_000])
  t.match(await logOf(endpoint), [{ status: 'delivered', tries: 4 }])
  t.strictSame(new Set(requests.map(({ eventId }) => eventId)), new Set([event.id]))
  t.match(
    logLines.map(({ msg, endpointId, eventId, status, durationMs }) => ({
      msg,
      endpointId,
      eventId,
      status,
      durationMs,
    })),
    [
      ...Array(3).fill({ msg: 'webhook delivery failed; will retry', status: 500 }),
      { msg: 'webhook delivered', status: 204 },
    ].map((line) => ({ ...line, endpointId: endpoint.endpointId, eventId: event.id, durationMs: 3 })),
  )
})

test('after 24 hours a delivery is given up and its endpoint is failing; a success makes it active', async (t) => {
  const { clock, addEndpoint, find, logOf, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(failed)
  const delivery = startDelivery(send)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  const from = clock.now()
  for (;;) {
    const [{ dueAt } = { dueAt: 0 }] = await logOf(endpoint)
    if (!dueAt) break
    clock.advance(dueAt - clock.now())
    await delivery.runDue()
  }
  t.equal(clock.now() - from, day, 'the last try is at the end of the window')
  t.match(await logOf(endpoint), [{ status: 'failed', tries: requests.length }])
  t.match(await find(endpoint), { status: 'failing', failingSince: new Date(clock.now()).toISOString() })

  await startDelivery(createSender(delivered).send).accept(webhookEvent(endpoint.tenant, clock.now()))
  const recovered = await find(endpoint)
  t.equal(recovered?.status, 'active')
  t.notOk(recovered?.failingSince)
})

test('an endpoint that is failing for five days is disabled at its next failure', async (t) => {
  const { clock, store, addEndpoint, find, logLines, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  await store.endpoints.change(endpoint, {
    status: 'failing',
    failingSince: new Date(clock.now()).toISOString(),
  })
  const delivery = startDelivery(createSender(failed).send)
  clock.advance(5 * day - 1)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  t.match(await find(endpoint), { status: 'failing' })
  clock.advance(1)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  t.match(await find(endpoint), { status: 'disabled', disabledReason: 'failed' })
  const { tenant, endpointId } = endpoint
  t.match(
    logLines.filter(({ audit }) => audit),
    [{ audit: 'endpoint.disabled', reason: 'failed', tenant, endpointId }],
  )
})

test('410 disables at once; later events are stored as skipped, and due ones are skipped', async (t) => {
  const { clock, addEndpoint, find, logOf, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(failed, { ...failed, outcome: 'gone', status: 410 })
  const delivery = startDelivery(send)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  t.match(await find(endpoint), { status: 'disabled', disabledReason: 'gone' })
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  clock.advance(60_000)
  await delivery.runDue()
  t.equal(requests.length, 2, 'nothing more is sent')
  t.strictSame((await logOf(endpoint)).map(({ status }) => status).sort(), ['failed', 'skipped', 'skipped'])
})

test('the due deliveries of a deleted endpoint are skipped', async (t) => {
  const { clock, store, addEndpoint, logOf, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(failed)
  const delivery = startDelivery(send)
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  await store.endpoints.remove(endpoint)
  clock.advance(60_000)
  await delivery.runDue()
  t.equal(requests.length, 1)
  t.match(await logOf(endpoint), [{ status: 'skipped' }])
})

test('a worker killed after sending and before recording repeats the delivery under the same id', async (t) => {
  const { clock, addEndpoint, logOf, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const event = webhookEvent(endpoint.tenant, clock.now())
  const killed = createSender(delivered)
  const lost = new Promise<SendResult>(() => {})
  const first = startDelivery((request) => {
    killed.send(request)
    return lost
  })
  await first.acceptEvents([kafkaMessage(event)])

  const { requests, send } = createSender(delivered)
  const second = startDelivery(send)
  await second.accept(event)
  t.equal(await second.runDue(), 0, 'the lease of the killed worker still holds')
  clock.advance(60_000)
  t.equal(await second.runDue(), 1)
  t.strictSame(
    [...killed.requests, ...requests].map(({ eventId }) => eventId),
    [event.id, event.id],
  )
  t.match(await logOf(endpoint), [{ status: 'delivered' }])
})

test('each due try is made by one of several workers', async (t) => {
  const { clock, addEndpoint, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const { requests, send } = createSender(failed)
  await startDelivery(send).accept(...times(8, () => webhookEvent(endpoint.tenant, clock.now())))
  requests.splice(0)
  clock.advance(60_000)
  const workers = times(3, () => startDelivery(send))
  await Promise.all(workers.map(({ runDue }) => runDue()))
  t.equal(requests.length, 8)
  t.equal(new Set(requests.map(({ eventId }) => eventId)).size, 8)
})

test('while DynamoDB fails, events are delivered again by Kafka and none is lost', async (t) => {
  const { store, clock, addEndpoint, startDelivery } = await createTestWebhooks(t)
  const { tenant } = await addEndpoint()
  const broken = failingStore(store)
  const { requests, send } = createSender(delivered)
  const delivery = startDelivery(send, { store: broken.store })
  const events = times(4, () => webhookEvent(tenant, clock.now()))
  for (const operation of ['list', 'add'] as const) {
    broken.fail(operation)
    t.equal((await delivery.accept(...events)).length, 4, operation)
  }
  t.equal(requests.length, 0)
  broken.fail(undefined)
  t.strictSame(await delivery.accept(...events), [])
  t.equal(requests.length, 4)
})

test('a result that cannot be recorded is repeated after the lease', async (t) => {
  const { store, clock, addEndpoint, logOf, startDelivery } = await createTestWebhooks(t)
  const endpoint = await addEndpoint()
  const broken = failingStore(store)
  const { requests, send } = createSender(delivered)
  const delivery = startDelivery(send, { store: broken.store })
  broken.fail('settle')
  await delivery.accept(webhookEvent(endpoint.tenant, clock.now()))
  broken.fail(undefined)
  clock.advance(60_000)
  await delivery.runDue()
  t.equal(requests.length, 2)
  t.match(await logOf(endpoint), [{ status: 'delivered', tries: 1 }])
})

/** The store, of which one operation can be made to fail. */
function failingStore(store: TestWebhooks['store']) {
  let broken: string | undefined
  const withFaults = <T extends object>(table: T): T =>
    new Proxy(table, {
      get: (target, name) =>
        name === broken ? () => Promise.reject(new Error('DynamoDB is down')) : Reflect.get(target, name),
    })
  return {
    store: { endpoints: withFaults(store.endpoints), deliveries: withFaults(store.deliveries) },
    fail: (operation: 'list' | 'add' | 'settle' | undefined) => {
      broken = operation
    },
  }
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
