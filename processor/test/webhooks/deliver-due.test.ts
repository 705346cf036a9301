import { test } from 'tap'
import type { WebhookReplay } from '../../../core/webhooks/replay-table.ts'
import { deliveryOf, newDelivery } from '../../../core/webhooks/webhook-delivery.ts'
import type { WebhookEndpoint } from '../../../core/webhooks/webhook-endpoint.ts'
import { dueShardOf } from '../../../core/webhooks/webhook-items.ts'
import {
  createTestWebhooks,
  type TestWebhooks,
  webhookEvent,
} from '../../../scripts/testkit/webhooks/create-test-webhooks.ts'
import type { Send, SendResult } from '../../webhooks/deliver.ts'
import { noObserver } from '../../webhooks/observer.ts'

const delivered: SendResult = { outcome: 'delivered', status: 204, latencyMs: 3 }
const failed: SendResult = { outcome: 'failed', status: 500, latencyMs: 3 }
const day = 86_400_000

/** Stores due deliveries of an endpoint, as the poller finds them. */
async function addDue(
  { clock, store }: TestWebhooks,
  { tenant, endpointId }: WebhookEndpoint,
  count: number,
) {
  const events = Array.from({ length: count }, () => webhookEvent(tenant, clock.now()))
  for (const event of events) {
    const parts = deliveryOf(event, JSON.stringify(event), endpointId)
    await store.deliveries.add(newDelivery(parts, clock.now(), clock.now()))
  }
  return events.map(({ id }) => id)
}

test('an endpoint that hangs does not hold up another one in its shard, whose deliveries are due later', async (t) => {
  const webhooks = await createTestWebhooks(t)
  const { clock, addEndpoint, startDelivery } = webhooks
  const hanging = await addEndpoint({ url: 'https://hanging.example.com' })
  const shard = dueShardOf(hanging.endpointId)
  let fine = await addEndpoint()
  while (dueShardOf(fine.endpointId) !== shard) fine = await addEndpoint()
  await addDue(webhooks, hanging, 600)
  clock.advance(1)
  const ids = await addDue(webhooks, fine, 3)

  const got: string[] = []
  const send: Send = async ({ url, eventId }) => {
    if (url === hanging.url) return new Promise(() => {})
    got.push(eventId)
    return delivered
  }
  const { deliverDue, lanes } = startDelivery(send)
  const visit = await deliverDue(shard)
  t.match(visit, { pages: 2, oldestDueAt: clock.now() - 1 })
  while (ids.some((eventId) => lanes.isInHand({ endpointId: fine.endpointId, eventId }))) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.strictSame(got.toSorted(), ids.toSorted())
})

test('a dead endpoint’s backlog costs one try and no other write per probe, and is delivered once it works', async (t) => {
  const webhooks = await createTestWebhooks(t)
  const { clock, addEndpoint, startDelivery, logOf, store } = webhooks
  const endpoint = await addEndpoint()
  const ids = await addDue(webhooks, endpoint, 80)
  let result = failed
  const got: string[] = []
  const writes: string[] = []
  const send: Send = async ({ eventId }) => {
    got.push(eventId)
    return result
  }
  const deliveries = new Proxy(store.deliveries, {
    get(target, name) {
      if (name !== 'listDue') writes.push(String(name))
      return Reflect.get(target, name)
    },
  })
  const delivery = startDelivery(send, { store: { ...store, deliveries } })
  await delivery.runDue()
  t.ok(got.length >= 10 && got.length < 20, 'the circuit opens after ten failures')
  got.splice(0)
  writes.splice(0)
  for (let probe = 1; probe <= 5; probe++) {
    clock.advance(60_000)
    t.equal(await delivery.runDue(), 1)
    await delivery.runDue()
    t.equal(got.length, probe)
  }
  t.strictSame(new Set(writes), new Set(['claim', 'settle']))
  t.equal(writes.length, 10)

  result = delivered
  clock.advance(60_000)
  await delivery.runDue()
  for (let visits = 0; (await delivery.runDue()) > 0; visits++) t.ok(visits < 10)
  clock.advance(day / 2)
  await delivery.runDue()
  const statuses = (await logOf(endpoint)).map(({ status }) => status)
  t.strictSame(
    statuses,
    ids.map(() => 'delivered'),
  )
})

test('deliveries of an endpoint that failed for the whole window are given up without a try', async (t) => {
  const webhooks = await createTestWebhooks(t)
  const { clock, addEndpoint, startDelivery, logOf, find } = webhooks
  const endpoint = await addEndpoint()
  let givenUp = 0
  const countGivenUp = () => {
    givenUp += 1
  }
  const observer = { ...noObserver, givenUp: countGivenUp }
  const delivery = startDelivery(async () => failed, { observer })
  await addDue(webhooks, endpoint, 30)
  await delivery.runDue()
  clock.advance(day + 60_000)
  for (let visits = 0; (await delivery.runDue()) > 0; visits++) t.ok(visits < 50)
  const log = await logOf(endpoint)
  t.strictSame(
    log.map(({ status }) => status),
    Array(30).fill('failed'),
  )
  t.equal(givenUp, 30)
  t.ok(
    log.some(({ tries }) => tries === 0),
    'some were given up without a try',
  )
  t.match(await find(endpoint), { status: 'failing' })
})

test('the age of the oldest due delivery leaves out endpoints that keep failing', async (t) => {
  const webhooks = await createTestWebhooks(t)
  const { addEndpoint, startDelivery } = webhooks
  const endpoint = await addEndpoint()
  const delivery = startDelivery(async () => failed)
  await addDue(webhooks, endpoint, 30)
  await delivery.runDue()
  const visit = await delivery.deliverDue(dueShardOf(endpoint.endpointId))
  t.match(visit, { started: 0 })
  t.equal(visit.oldestDueAt, undefined)
})

for (const only of ['all', 'undelivered'] as const) {
  test(`a replay of ${only} deliveries schedules them page by page`, async (t) => {
    const webhooks = await createTestWebhooks(t)
    const { clock, addEndpoint, startDelivery, store } = webhooks
    const endpoint = await addEndpoint()
    const early = await addDue(webhooks, endpoint, 1)
    clock.advance(1_000)
    const ids = await addDue(webhooks, endpoint, 150)
    const got: string[] = []
    const delivery = startDelivery(async ({ eventId }) => {
      got.push(eventId)
      return delivered
    })
    while ((await delivery.runDue()) > 0) clock.advance(1)
    for (const eventId of [ids[3], ids[120]]) {
      if (eventId) await skipped(webhooks, { endpointId: endpoint.endpointId, eventId })
    }
    t.strictSame(got.toSorted(), [...early, ...ids].toSorted())
    got.splice(0)

    await store.deliveries.startReplay(replayOf(endpoint, clock.now(), only))
    clock.advance(1)
    for (let visits = 0; (await delivery.runDue()) > 0; visits++) {
      clock.advance(1)
      t.ok(visits < 50)
    }
    const expected = only === 'all' ? ids : [ids[3], ids[120]]
    t.strictSame(got.toSorted(), expected.toSorted())
    t.equal(await store.deliveries.startReplay(replayOf(endpoint, clock.now(), only)), true, 'it has ended')
  })
}

test('a replay of a disabled endpoint ends and sends nothing', async (t) => {
  const webhooks = await createTestWebhooks(t)
  const { clock, addEndpoint, startDelivery, store, logOf } = webhooks
  const endpoint = await addEndpoint()
  const [eventId = ''] = await addDue(webhooks, endpoint, 1)
  await skipped(webhooks, { endpointId: endpoint.endpointId, eventId })
  await store.endpoints.change(endpoint, { status: 'disabled', disabledReason: 'requested' })
  await store.deliveries.startReplay(replayOf(endpoint, clock.now(), 'all'))
  await startDelivery(async () => delivered).runDue()
  t.match(await logOf(endpoint), [{ status: 'skipped', tries: 0 }])
  t.equal(await store.deliveries.startReplay(replayOf(endpoint, clock.now(), 'all')), true, 'it has ended')
})

function replayOf({ tenant, endpointId }: WebhookEndpoint, nowMs: number, only: WebhookReplay['only']) {
  const since = new Date(Date.parse('2026-11-22T10:00:01.000Z')).toISOString()
  return { tenant, endpointId, since, until: new Date(nowMs + 1).toISOString(), only, dueAt: nowMs }
}

/** Changes the status of a delivery to skipped. */
async function skipped({ clock, store }: TestWebhooks, ref: { endpointId: string; eventId: string }) {
  await store.deliveries.redeliver(ref)
  await store.deliveries.skip({ ...ref, dueAt: clock.now() })
}
