import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { WebhookReplay } from '../../../../core/webhooks/replay-table.ts'
import {
  type DeliveryTry,
  newDelivery,
  type WebhookDelivery,
} from '../../../../core/webhooks/webhook-delivery.ts'
import { dueShardOf } from '../../../../core/webhooks/webhook-items.ts'
import { startWebhookApp } from '../../webhooks/start-webhook-app.ts'

const { clock, webhooks, makeCaller } = await startWebhookApp(t)
const { deliveries } = webhooks
const unknownId = `/whe_${'x'.repeat(22)}`
const tried: DeliveryTry = {
  at: '2026-11-22T10:00:01.000Z',
  status: 500,
  latencyMs: 41.5,
  answer: 'out of order',
  reason: 'The receiver answered 500.',
}

/** A caller with an endpoint. */
async function makeReceiver() {
  const caller = makeCaller()
  const { endpointId } = await caller.create()

  /** Adds a delivery to its log. */
  async function add(parts: Partial<WebhookDelivery> = {}): Promise<WebhookDelivery> {
    const { tenant } = caller
    const eventId = `${tenant}/${randomUUID()}/20261122/image.processed`
    const event = { tenant, endpointId, eventId, eventType: 'image.processed', body: '{"id":1}' }
    const delivery = { ...newDelivery(event, clock.now, clock.now), ...parts }
    t.ok(await deliveries.add(delivery))
    return delivery
  }

  return { ...caller, endpointId, path: `/${endpointId}`, add }
}

const redeliver = (eventId: string) => `/deliveries/${encodeURIComponent(eventId)}/redeliver`

t.test('the log has each delivery with its last try, newest first', async (t) => {
  const { call, path, add } = await makeReceiver()
  const first = await add({ status: 'failed', tries: 9, last: tried, dueAt: undefined })
  clock.now += 1_000
  const second = await add()
  const { status, json } = await call('GET', `${path}/deliveries`)
  t.equal(status, 200)
  const { createdAt, eventId, eventType } = second
  t.strictSame(json, {
    deliveries: [
      { eventId, eventType, status: 'pending', tries: 0, createdAt, nextTryAt: createdAt },
      {
        eventId: first.eventId,
        eventType,
        status: 'failed',
        tries: 9,
        createdAt: first.createdAt,
        lastTry: tried,
      },
    ],
  })
})

t.test('pages follow each other, and a cursor belongs to its endpoint', async (t) => {
  const { call, path, add, create } = await makeReceiver()
  const added: string[] = []
  for (let index = 0; index < 25; index++) {
    clock.now += 1_000
    added.unshift((await add()).eventId)
  }
  for (const [query, sizes] of [
    ['', [20, 5]],
    ['limit=10', [10, 10, 5]],
    ['limit=100', [25]],
  ] as const) {
    const pages: string[][] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const { json } = await call('GET', `${path}/deliveries?${query}${cursor && `&cursor=${cursor}`}`)
      pages.push(json.deliveries.map(({ eventId }: { eventId: string }) => eventId))
      cursor = json.nextCursor
    }
    t.strictSame(
      pages.map(({ length }) => length),
      sizes,
    )
    t.strictSame(pages.flat(), added)
  }
  const { nextCursor } = (await call('GET', `${path}/deliveries?limit=1`)).json
  const other = await create({ url: 'https://example.com/other' })
  const faults: [string, string, string][] = [
    [path, 'limit=0', 'limit'],
    [path, 'limit=101', 'limit'],
    [path, 'cursor=x', 'cursor'],
    [path, `cursor=${Buffer.from('[1,"","2026"]').toString('base64url')}`, 'cursor'],
    [`/${other.endpointId}`, `cursor=${nextCursor}`, 'cursor'],
    [path, 'status=failed', 'status'],
  ]
  for (const [endpoint, query, field] of faults) {
    const answer = await call('GET', `${endpoint}/deliveries?${query}`)
    t.match(answer, { status: 400, json: { errors: [{ field }] } }, query)
  }
  t.match(await call('GET', `${unknownId}/deliveries`), { status: 404, json: { code: 'WEBHOOK_NOT_FOUND' } })
})

t.test('log entries expire after seven days', async (t) => {
  const { call, path, add } = await makeReceiver()
  const { eventId } = await add()
  clock.now += 7 * 86_400_000
  t.strictSame((await call('GET', `${path}/deliveries`)).json, { deliveries: [] })
  const refused = await call('POST', path + redeliver(eventId))
  t.match(refused, { status: 404, json: { code: 'DELIVERY_NOT_FOUND' } })
})

t.test('a redelivery is due at once, regardless of the delivery’s status', async (t) => {
  const { call, path, add } = await makeReceiver()
  const later = clock.now + 3_600_000
  for (const parts of [
    { status: 'delivered', dueAt: undefined },
    { status: 'failed', dueAt: undefined },
    { status: 'skipped', dueAt: undefined },
    { status: 'pending', dueAt: later },
  ] as const) {
    const delivery = await add({ ...parts, tries: 1, last: tried })
    const { eventId } = delivery
    clock.now += 1_000
    const nextTryAt = new Date(clock.now).toISOString()
    const { status, json } = await call('POST', path + redeliver(eventId))
    t.equal(status, 202)
    t.match(json, { eventId, status: 'pending', tries: 1, nextTryAt, lastTry: tried }, parts.status)
    t.match(await deliveries.find(delivery), { dueAt: clock.now, triesInRow: 0, body: delivery.body })
  }
})

t.test('the longest event id fits into a path', async (t) => {
  const { call, path, add } = await makeReceiver()
  const eventId = `${'t'.repeat(63)}/${'a'.repeat(64)}/20261122-1000/image.processed`
  await add({ eventId })
  t.equal((await call('POST', path + redeliver(eventId))).status, 202)
})

t.test('a redelivery to an unknown or disabled endpoint or of an unknown event is refused', async (t) => {
  const { call, path, add } = await makeReceiver()
  const { eventId } = await add()
  const other = await makeReceiver()
  for (const [way, code] of [
    [unknownId + redeliver(eventId), 'WEBHOOK_NOT_FOUND'],
    [path + redeliver(`${eventId}x`), 'DELIVERY_NOT_FOUND'],
  ] as const) {
    t.match(await call('POST', way), { status: 404, json: { code } })
  }
  const foreign = await other.call('POST', other.path + redeliver(eventId))
  t.match(foreign, { status: 404, json: { code: 'DELIVERY_NOT_FOUND' } }, 'the event of another tenant')
  t.match(await call('POST', path + redeliver('%00')), {
    status: 400,
    json: { errors: [{ field: 'eventId' }] },
  })
  await call('PATCH', path, { enabled: false })
  const refused = await call('POST', path + redeliver(eventId))
  t.match(refused, { status: 409, json: { code: 'WEBHOOK_DISABLED' } })
})

t.test('a replay is due at once, and an endpoint has one at a time', async (t) => {
  const { call, path, endpointId, tenant } = await makeReceiver()
  const until = new Date(clock.now).toISOString()
  const { status, json } = await call('POST', `${path}/replay`, { since: '2026-11-20T12:00:00+02:00' })
  t.equal(status, 202)
  const replay = { since: '2026-11-20T10:00:00.000Z', until, only: 'undelivered' }
  t.strictSame(json, replay)
  const again = await call('POST', `${path}/replay`, { since: until, only: 'all' })
  t.match(again, { status: 409, json: { code: 'REPLAY_UNDER_WAY' } })

  const { work } = await deliveries.listDue(dueShardOf(endpointId), { limit: 100 })
  const due = work.find((one) => one.endpointId === endpointId)
  t.match(due, { kind: 'replay', tenant, dueAt: clock.now })
  const claimed = due && ((await deliveries.claim(due, 30_000)) as WebhookReplay)
  t.match(claimed, { ...replay, tenant, endpointId })
  if (claimed) await deliveries.endReplay(claimed)
  t.match((await call('POST', `${path}/replay`, { since: until, only: 'all' })).json, { only: 'all' })
})

t.test('a replay of an invalid period or of an unknown or disabled endpoint is refused', async (t) => {
  const { call, path } = await makeReceiver()
  const since = '2026-11-20T10:00:00Z'
  const faults: [object, string][] = [
    [{}, 'since'],
    [{ since: 'yesterday' }, 'since'],
    [{ since: '2026-11-20' }, 'since'],
    [{ since: new Date(clock.now + 1_000).toISOString() }, 'since'],
    [{ since: '2016-12-31T23:59:60Z' }, 'since'],
    [{ since, only: 'failed' }, 'only'],
    [{ since, until: since }, 'until'],
  ]
  for (const [body, field] of faults) {
    const answer = await call('POST', `${path}/replay`, body)
    t.match(answer, { status: 400, json: { errors: [{ field }] } }, JSON.stringify(body))
  }
  const unknown = await call('POST', `${unknownId}/replay`, { since })
  t.match(unknown, { status: 404, json: { code: 'WEBHOOK_NOT_FOUND' } })
  await call('PATCH', path, { enabled: false })
  const disabled = await call('POST', `${path}/replay`, { since })
  t.match(disabled, { status: 409, json: { code: 'WEBHOOK_DISABLED' } })
  await call('PATCH', path, { enabled: true })
  const ancient = await call('POST', `${path}/replay`, { since: '0000-01-01T00:00:00+23:00' })
  t.match(ancient, { status: 202, json: { since: '1970-01-01T00:00:00.000Z' } })
})
