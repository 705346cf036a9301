import { randomBytes } from 'node:crypto'
import { DeleteTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { Test } from 'tap'
import { createDocumentClient } from '../../aws/document-client.ts'
import type { WebhookReplay } from '../../webhooks/replay-table.ts'
import { type DeliveryTry, newDelivery, type WebhookDelivery } from '../../webhooks/webhook-delivery.ts'
import { rotateSecret, rotationMs, validSecrets } from '../../webhooks/webhook-endpoint.ts'
import { dueShardOf } from '../../webhooks/webhook-items.ts'
import { createWebhookTable, openWebhookStore } from '../../webhooks/webhook-store.ts'

const startMs = Date.parse('2026-11-22T10:00:00.000Z')
const succeeded: DeliveryTry = { at: '2026-11-22T10:00:01.000Z', status: 204, latencyMs: 12 }
const refused: DeliveryTry = { ...succeeded, status: 500, reason: 'The receiver answered 500.' }
const request = (tenant: string) => ({
  tenant,
  url: 'https://example.com/hook',
  events: ['image.processed' as const],
})

/** Tests the store of webhooks on any DynamoDB. */
export async function testWebhookStoreContract(
  t: Test,
  { name, ...config }: DynamoDBClientConfig & { name: string },
): Promise<void> {
  const client = new DynamoDBClient(config)
  const documents = createDocumentClient(client)
  const tableName = `webhooks-${randomBytes(4).toString('hex')}`
  let nowMs = startMs
  const store = openWebhookStore(documents, tableName, () => nowMs)
  const { endpoints, deliveries } = store
  t.equal(await createWebhookTable(client, tableName), true)
  t.teardown(async () => {
    await client.send(new DeleteTableCommand({ TableName: tableName }))
    await documents.close()
    client.destroy()
  })
  t.beforeEach(() => {
    nowMs = startMs
  })

  /** A stored delivery of a new endpoint, due at once. */
  async function someDelivery(parts: Partial<WebhookDelivery> = {}): Promise<WebhookDelivery> {
    const delivery = {
      ...newDelivery(partsOf(`whe_${randomBytes(4).toString('hex')}`), nowMs, nowMs),
      ...parts,
    }
    t.equal(await deliveries.add(delivery), true)
    return delivery
  }

  /** The due work of one endpoint. */
  async function dueOf({ endpointId }: Pick<WebhookDelivery, 'endpointId'>) {
    const { work } = await deliveries.listDue(dueShardOf(endpointId), { limit: 100 })
    return work.filter((due) => due.endpointId === endpointId)
  }

  t.test(`${name}: the table is created once and is reachable`, async (t) => {
    t.equal(await createWebhookTable(client, tableName), false)
    await t.resolves(store.ping())
  })

  t.test(`${name}: an endpoint is created, found, changed and deleted`, async (t) => {
    const endpoint = await endpoints.create({ ...request('acme'), description: 'orders' })
    if (!endpoint) return t.fail('not created')
    t.match(endpoint, { endpointId: /^whe_[\w-]{22}$/, status: 'active', description: 'orders' })
    t.strictSame(await endpoints.find('acme', endpoint.endpointId), endpoint)
    t.equal(await endpoints.find('other', endpoint.endpointId), undefined, 'not for another tenant')

    nowMs += 1_000
    const failing = await endpoints.change(endpoint, { status: 'failing', failingSince: 'then' })
    t.match(failing, { status: 'failing', failingSince: 'then', updatedAt: '2026-11-22T10:00:01.000Z' })
    t.equal(
      await endpoints.change(endpoint, { status: 'active' }),
      undefined,
      'a change based on an old version fails',
    )
    const active = failing && (await endpoints.change(failing, { status: 'active', failingSince: undefined }))
    t.notOk('failingSince' in (active ?? {}), 'an undefined field is removed')
    t.not(active?.updatedAt, failing?.updatedAt, 'a change within the same millisecond is a new version')

    t.equal(await endpoints.remove(endpoint), true)
    t.equal(await endpoints.remove(endpoint), false)
    t.strictSame(await endpoints.list('acme'), [])
  })

  t.test(`${name}: simultaneous requests create at most 20 endpoints for a tenant`, async (t) => {
    const created = await Promise.all(Array.from({ length: 24 }, () => endpoints.create(request('many'))))
    t.equal(created.filter(Boolean).length, 20)
    t.equal((await endpoints.list('many')).length, 20)
    const [first] = await endpoints.list('many')
    if (first) await endpoints.remove(first)
    t.ok(await endpoints.create(request('many')), 'the slot of a deleted endpoint is free again')
  })

  t.test(`${name}: a repeated event adds no second delivery`, async (t) => {
    const delivery = await someDelivery()
    t.equal(await deliveries.add({ ...delivery, body: 'changed' }), false)
    t.strictSame(await deliveries.find(delivery), delivery)
  })

  t.test(`${name}: of two workers one claims a due delivery, and only the holder settles it`, async (t) => {
    const delivery = await someDelivery()
    const [due] = await dueOf(delivery)
    if (!due) return t.fail('nothing is due')
    t.match(due, { kind: 'delivery', tenant: 'acme', eventId: delivery.eventId, dueAt: startMs })
    const claims = await Promise.all([deliveries.claim(due, 30_000), deliveries.claim(due, 30_000)])
    const [claimed, ...more] = claims.filter((claim) => claim !== undefined) as WebhookDelivery[]
    t.equal(more.length, 0)
    t.match(claimed, { body: delivery.body, dueAt: startMs + 30_000 })
    t.strictSame(await dueOf(delivery), [], 'not due during the lease')

    t.equal(
      await deliveries.settle(delivery, { status: 'delivered', last: succeeded }),
      false,
      'an old lease',
    )
    if (claimed)
      t.ok(await deliveries.settle(claimed, { status: 'pending', last: refused, dueAt: startMs + 60_000 }))
    nowMs += 60_000
    t.match(await deliveries.find(delivery), { status: 'pending', tries: 1, triesInRow: 1, last: refused })

    const [again] = await dueOf(delivery)
    const second = again && ((await deliveries.claim(again, 30_000)) as WebhookDelivery)
    if (second) t.ok(await deliveries.settle(second, { status: 'delivered', last: succeeded }))
    const done = await deliveries.find(delivery)
    t.match(done, { status: 'delivered', tries: 2, last: succeeded })
    t.notOk('dueAt' in (done ?? {}))
    nowMs += 3_600_000
    t.strictSame(await dueOf(delivery), [])
  })

  t.test(`${name}: a skipped delivery is due again after a redelivery, with a full window`, async (t) => {
    const delivery = await someDelivery()
    await deliveries.skip(delivery)
    t.match(await deliveries.find(delivery), { status: 'skipped' })
    t.strictSame(await dueOf(delivery), [])

    nowMs += 1_000
    t.equal(await deliveries.redeliver(delivery), true)
    t.match(await dueOf(delivery), [{ eventId: delivery.eventId, dueAt: nowMs }])
    t.equal((await deliveries.find(delivery))?.giveUpAt, nowMs + 86_400_000)
    t.equal(await deliveries.redeliver({ ...delivery, eventId: 'unknown' }), false)
    // Endpoints of other tests may share the shard.
    const shard = dueShardOf(delivery.endpointId)
    const { work } = await deliveries.listDue(shard, { limit: 100 })
    t.equal(await deliveries.oldestDue(shard), Math.min(...work.map(({ dueAt }) => dueAt)))
  })

  t.test(
    `${name}: the log is listed by pages in both directions, and entries expire after seven days`,
    async (t) => {
      const endpointId = `whe_${randomBytes(4).toString('hex')}`
      const added: string[] = []
      for (let index = 0; index < 7; index++) {
        nowMs += 1_000
        const delivery = newDelivery({ ...partsOf(endpointId), eventId: `event/${index}` }, nowMs, nowMs)
        await deliveries.add(delivery)
        added.push(delivery.eventId)
      }
      for (const order of ['newest', 'oldest'] as const) {
        const listed: string[] = []
        let after: string | undefined
        do {
          const page = await deliveries.listLog(endpointId, { order, after, limit: 3 })
          t.ok(page.deliveries.length <= 3)
          listed.push(...page.deliveries.map(({ eventId }) => eventId))
          after = page.next
        } while (after)
        t.strictSame(listed, order === 'oldest' ? added : added.toReversed(), order)
      }
      const since = new Date(startMs + 5_000).toISOString()
      const { deliveries: recent } = await deliveries.listLog(endpointId, {
        order: 'oldest',
        after: since,
        limit: 100,
      })
      t.strictSame(
        recent.map(({ eventId }) => eventId),
        ['event/4', 'event/5', 'event/6'],
        'since a time',
      )

      nowMs += 8 * 86_400_000
      t.strictSame((await deliveries.listLog(endpointId, { order: 'newest', limit: 100 })).deliveries, [])
      t.equal(await deliveries.find({ endpointId, eventId: 'event/1' }), undefined)
    },
  )

  t.test(`${name}: an endpoint has one replay at a time, which continues where it stopped`, async (t) => {
    const endpointId = `whe_${randomBytes(4).toString('hex')}`
    const replay: WebhookReplay = {
      tenant: 'acme',
      endpointId,
      since: '2026-11-21T10:00:00.000Z',
      until: '2026-11-22T10:00:00.000Z',
      only: 'all',
      dueAt: nowMs,
    }
    t.equal(await deliveries.startReplay(replay), true)
    t.equal(await deliveries.startReplay(replay), false)
    const [due] = await dueOf(replay)
    t.match(due, { kind: 'replay', tenant: 'acme' })
    const claimed = due && ((await deliveries.claim(due, 30_000)) as WebhookReplay)
    if (!claimed) return t.fail('not claimed')
    t.equal(await deliveries.continueReplay(replay, 'lost'), false, 'an old lease')
    t.equal(await deliveries.continueReplay(claimed, 'here'), true)
    const [next] = await dueOf(replay)
    const second = next && ((await deliveries.claim(next, 30_000)) as WebhookReplay)
    t.equal(second?.position, 'here')
    if (second) await deliveries.endReplay(second)
    t.equal(await deliveries.startReplay(replay), true, 'the next one can start')
  })

  t.test(`${name}: the check can refuse a creation, even because of a simultaneous one`, async (t) => {
    const refuseOthers = (existing: unknown[]) => {
      if (existing.length > 0) throw new Error('there is one')
    }
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => endpoints.create(request('single'), refuseOthers)),
    )
    t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
    t.equal((await endpoints.list('single')).length, 1)
  })

  t.test(`${name}: after a rotation, earlier secrets stay valid for a day`, async (t) => {
    const endpoint = await endpoints.create(request('rotating'))
    if (!endpoint) return t.fail('not created')
    const [first] = validSecrets(endpoint, nowMs)
    const rotated = await endpoints.change(endpoint, { secrets: rotateSecret(endpoint, nowMs) })
    if (!rotated) return t.fail('not changed')
    const [second, previous] = validSecrets(rotated, nowMs)
    t.equal(previous, first)
    t.match(second, /^whsec_[A-Za-z0-9+/]{43}=$/)
    t.strictSame(validSecrets(rotated, nowMs + rotationMs - 1), [second, first])
    t.strictSame(validSecrets(rotated, nowMs + rotationMs), [second])

    const again = rotateSecret(rotated, nowMs + 1_000)
    const [third, ...earlier] = validSecrets({ secrets: again }, nowMs + 1_000)
    t.strictSame(earlier, [second, first], 'a repeated rotation keeps the secret that the receiver has')
    t.strictSame(validSecrets({ secrets: again }, nowMs + rotationMs), [third, second])
    t.strictSame(
      rotateSecret({ secrets: again }, nowMs + 2 * rotationMs).length,
      2,
      'expired ones are dropped',
    )
  })
}

const partsOf = (endpointId: string) => ({
  endpointId,
  eventId: `acme/9f86/20261122/${randomBytes(4).toString('hex')}`,
  tenant: 'acme',
  eventType: 'image.processed',
  body: '{"specversion":"1.0"}',
})
