import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import t, { type Test } from 'tap'
import { documentClientOptions } from '../../../core/aws/aws-client-options.ts'
import { type Catalog, createCatalog } from '../../../core/catalog/catalog.ts'
import { createCatalogTable } from '../../../core/catalog/create-catalog-table.ts'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { type ImageEvent, topics } from '../../../core/events/image-events.ts'
import type { ImageRecord } from '../../../core/images/image-record.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { startLocalDynamoDb } from '../../../scripts/local/start-local-dynamodb.ts'
import type { GatewayDependencies } from '../../http/dependencies.ts'
import { createAnnounceEvents } from '../../uploads/outbox-publisher.ts'

const requested = 'hashgate.image.upload.requested.v1'
const completed = 'hashgate.image.upload.completed.v1'

t.test('Kafka well: published at once, nothing owed', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  await room.gateway().announce(topics.uploadRequested, record)
  t.strictSame(typesOf(room.published), [requested])
  t.notOk((await room.find(record)).owedEvents)
})

t.test('Kafka away: owed at once, delivered by the relay in order, once Kafka is back', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  const { announce, relay } = room.gateway()
  room.kafka.isAway = true
  await announce(topics.uploadRequested, record)
  t.equal(room.kafka.attempts, 1)
  await announce(topics.uploadCompleted, await room.find(record))
  t.equal(room.kafka.attempts, 1, 'nobody waits for Kafka a second time')
  await t.rejects(relay(), DependencyUnavailable)
  t.strictSame(typesOf((await room.find(record)).owedEvents ?? []), [requested, completed], 'still owed')

  room.kafka.isAway = false
  await relay()
  t.strictSame(typesOf(room.published), [requested, completed])
  t.notOk((await room.find(record)).owedEvents)
  await relay()
  t.equal(room.published.length, 2, 'each once')

  const other = await room.register()
  await announce(topics.uploadRequested, other)
  t.equal(room.published.length, 3, 'and Kafka is trusted again')
})

t.test('a record that owes events gets the next one behind them, although Kafka is back', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  room.kafka.isAway = true
  await room.gateway().announce(topics.uploadRequested, record)
  room.kafka.isAway = false
  const restarted = room.gateway()
  await restarted.announce(topics.uploadCompleted, await room.find(record))
  t.strictSame(room.published, [])
  await restarted.relay()
  t.strictSame(typesOf(room.published), [requested, completed])
})

t.test('asked again while Kafka is away, the same event is owed once', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  const { announce } = room.gateway()
  room.kafka.isAway = true
  await announce(topics.uploadRequested, record)
  await announce(topics.uploadRequested, await room.find(record))
  t.equal((await room.find(record)).owedEvents?.length, 1)
})

t.test('many gateways relay at once: every event once, although any may', async (t) => {
  const room = await createRoom(t)
  room.kafka.isAway = true
  const { announce } = room.gateway()
  const records = await Promise.all(Array.from({ length: 120 }, () => room.register()))
  await Promise.all(records.map((record) => announce(topics.uploadRequested, record)))
  room.kafka.isAway = false
  await Promise.all(Array.from({ length: 5 }, () => room.gateway().relay()))
  t.strictSame(
    room.published.map(({ subject }) => subject).sort(),
    records.map(({ imageId }) => imageId).sort(),
  )
  t.strictSame(await room.catalog.measureOwing(), { count: 0, oldestMs: undefined })
})

t.test('Kafka that goes away in the middle of a relay: what was not delivered stays owed', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  room.kafka.isAway = true
  await room.gateway().announce(topics.uploadRequested, record)
  room.kafka.answersPing = true
  await t.rejects(room.gateway().relay(), DependencyUnavailable)
  room.kafka.isAway = false
  await room.gateway().relay()
  t.strictSame(typesOf(room.published), [requested], 'at once, whoever had it before')
})

t.test('a bug is no absence of Kafka', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  const publish = async () => {
    throw new TypeError('our bug')
  }
  const { announce } = room.gateway({ events: { publish, ping: async () => {} } })
  await t.rejects(announce(topics.uploadRequested, record), /our bug/)
  t.notOk((await room.find(record)).owedEvents)
})

t.test('neither Kafka nor the catalog: the caller learns it', async (t) => {
  const room = await createRoom(t)
  const record = await room.register()
  room.kafka.isAway = true
  const owe = async () => {
    throw new DependencyUnavailable('catalog')
  }
  const { announce } = room.gateway({ catalog: { ...room.catalog, owe } })
  await t.rejects(announce(topics.uploadRequested, record), {
    name: 'DependencyUnavailable',
    message: /does not answer/,
  })
})

const typesOf = (events: ImageEvent[]) => events.map(({ type }) => type)

/** The real catalog on an embedded DynamoDB, and a Kafka that can be away. */
async function createRoom(t: Test) {
  const dynamoDb = await startLocalDynamoDb()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: dynamoDb.endpoint, credentials })
  t.teardown(async () => {
    client.destroy()
    await dynamoDb.close()
  })
  await createCatalogTable(client, 'images')
  const documents = DynamoDBDocumentClient.from(client, documentClientOptions)
  const catalog: Catalog = createCatalog(documents, {
    tableName: 'images',
    retentionSeconds: 604_800,
    now: Date.now,
  })

  const published: ImageEvent[] = []
  const kafka = { isAway: false, answersPing: false, attempts: 0 }
  const events: GatewayDependencies['events'] = {
    publish: async (event) => {
      kafka.attempts += 1
      if (kafka.isAway) throw new DependencyUnavailable('events')
      published.push(event)
    },
    ping: async () => {
      if (kafka.isAway && !kafka.answersPing) throw new DependencyUnavailable('events')
    },
  }

  /** One of many gateways: it shares the catalog and Kafka, and nothing else. */
  const gateway = (others: Partial<GatewayDependencies> = {}) =>
    createAnnounceEvents({ catalog, events, now: Date.now, ...others }, createLogger('test', 'silent'))

  async function register(): Promise<ImageRecord> {
    const imageId = randomBytes(32).toString('hex')
    const request = { tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' } as const
    return (await catalog.register(request)).record
  }

  async function find({ tenant, imageId }: ImageRecord): Promise<ImageRecord> {
    const record = await catalog.find(tenant, imageId)
    if (!record) throw new Error('no record')
    return record
  }

  return { catalog, kafka, published, gateway, register, find }
}
