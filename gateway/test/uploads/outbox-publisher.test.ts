import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { type Catalog, createCatalog } from '../../../core/catalog/catalog.ts'
import { createCatalogTable } from '../../../core/catalog/create-catalog-table.ts'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { topics } from '../../../core/events/image-events.ts'
import type { ImageEvent } from '../../../core/images/image-event.ts'
import type { ImageRecord } from '../../../core/images/image-record.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import type { GatewayDependencies } from '../../http/dependencies.ts'
import { createOutboxPublisher } from '../../uploads/outbox-publisher.ts'

const requested = 'hashgate.image.upload.requested.v1'
const completed = 'hashgate.image.upload.completed.v1'

t.test('while Kafka is available, events are published at once and none is pending', async (t) => {
  const fixture = await createFixture(t)
  const record = await fixture.register()
  await fixture.gateway().publishOrEnqueue(topics.uploadRequested, record)
  t.strictSame(typesOf(fixture.published), [requested])
  t.notOk((await fixture.find(record)).pendingEvents)
})

t.test(
  'while Kafka is unavailable, events stay pending, and the relay publishes them in order afterwards',
  async (t) => {
    const fixture = await createFixture(t)
    const record = await fixture.register()
    const { publishOrEnqueue, relay } = fixture.gateway()
    fixture.kafka.isAway = true
    await publishOrEnqueue(topics.uploadRequested, record)
    t.equal(fixture.kafka.attempts, 1)
    await publishOrEnqueue(topics.uploadCompleted, await fixture.find(record))
    t.equal(fixture.kafka.attempts, 1, 'the second event does not wait for Kafka')
    await t.rejects(relay(), DependencyUnavailable)
    t.strictSame(
      typesOf((await fixture.find(record)).pendingEvents ?? []),
      [requested, completed],
      'still pending',
    )

    fixture.kafka.isAway = false
    await relay()
    t.strictSame(typesOf(fixture.published), [requested, completed])
    t.notOk((await fixture.find(record)).pendingEvents)
    await relay()
    t.equal(fixture.published.length, 2, 'each once')

    const other = await fixture.register()
    await publishOrEnqueue(topics.uploadRequested, other)
    t.equal(fixture.published.length, 3, 'events go to Kafka directly again')
  },
)

t.test('an event of a record with pending events is queued behind them, even if Kafka is back', async (t) => {
  const fixture = await createFixture(t)
  const record = await fixture.register()
  fixture.kafka.isAway = true
  await fixture.gateway().publishOrEnqueue(topics.uploadRequested, record)
  fixture.kafka.isAway = false
  const restarted = fixture.gateway()
  await restarted.publishOrEnqueue(topics.uploadCompleted, await fixture.find(record))
  t.strictSame(fixture.published, [])
  await restarted.relay()
  t.strictSame(typesOf(fixture.published), [requested, completed])
})

t.test('repeated requests while Kafka is unavailable leave one pending event', async (t) => {
  const fixture = await createFixture(t)
  const record = await fixture.register()
  const { publishOrEnqueue } = fixture.gateway()
  fixture.kafka.isAway = true
  await publishOrEnqueue(topics.uploadRequested, record)
  await publishOrEnqueue(topics.uploadRequested, await fixture.find(record))
  t.equal((await fixture.find(record)).pendingEvents?.length, 1)
})

t.test('several gateways that relay at the same time publish each event once', async (t) => {
  const fixture = await createFixture(t)
  fixture.kafka.isAway = true
  const { publishOrEnqueue } = fixture.gateway()
  const records = await Promise.all(Array.from({ length: 120 }, () => fixture.register()))
  await Promise.all(records.map((record) => publishOrEnqueue(topics.uploadRequested, record)))
  fixture.kafka.isAway = false
  await Promise.all(Array.from({ length: 5 }, () => fixture.gateway().relay()))
  t.strictSame(
    fixture.published.map(({ subject }) => subject).sort(),
    records.map(({ imageId }) => imageId).sort(),
  )
  t.strictSame(await fixture.catalog.outbox.measurePending(), { count: 0, oldestMs: undefined })
})

t.test('events that were not published stay pending when Kafka fails during a relay', async (t) => {
  const fixture = await createFixture(t)
  const record = await fixture.register()
  fixture.kafka.isAway = true
  await fixture.gateway().publishOrEnqueue(topics.uploadRequested, record)
  fixture.kafka.answersPing = true
  await t.rejects(fixture.gateway().relay(), DependencyUnavailable)
  fixture.kafka.isAway = false
  await fixture.gateway().relay()
  t.strictSame(
    typesOf(fixture.published),
    [requested],
    'a record locked by a failed relay is published at once',
  )
})

t.test('an unexpected error is not treated as an outage of Kafka', async (t) => {
  const fixture = await createFixture(t)
  const record = await fixture.register()
  const publish = async () => {
    throw new TypeError('our bug')
  }
  const { publishOrEnqueue } = fixture.gateway({ events: { publish, ping: async () => {} } })
  await t.rejects(publishOrEnqueue(topics.uploadRequested, record), /our bug/)
  t.notOk((await fixture.find(record)).pendingEvents)
})

t.test('the caller gets an error when both Kafka and the catalog are unavailable', async (t) => {
  const fixture = await createFixture(t)
  const record = await fixture.register()
  fixture.kafka.isAway = true
  const enqueue = async () => {
    throw new DependencyUnavailable('catalog')
  }
  const { publishOrEnqueue } = fixture.gateway({
    catalog: { ...fixture.catalog, outbox: { ...fixture.catalog.outbox, enqueue } },
  })
  await t.rejects(publishOrEnqueue(topics.uploadRequested, record), {
    name: 'DependencyUnavailable',
    message: /catalog/,
  })
})

t.test('an outage is logged once, and so is its end', async (t) => {
  const fixture = await createFixture(t)
  const lines: { level: string; operation: string }[] = []
  const logger = createLogger('test', 'info', { write: (line) => lines.push(JSON.parse(line)) })
  const { publishOrEnqueue, relay } = fixture.gateway({}, logger)
  const records = [await fixture.register(), await fixture.register()]
  fixture.kafka.isAway = true
  await Promise.all(records.map((record) => publishOrEnqueue(topics.uploadRequested, record)))
  t.match(lines, [{ level: 'warn', operation: 'announce' }])
  fixture.kafka.isAway = false
  await relay()
  await relay()
  t.match(lines, [{ level: 'warn' }, { level: 'info', operation: 'relay' }])
  t.equal(lines.length, 2)
})

t.test('events name the gateway as their source', async (t) => {
  const fixture = await createFixture(t)
  await fixture.gateway().publishOrEnqueue(topics.uploadRequested, await fixture.register())
  t.match(fixture.published, [{ source: '/hashgate/gateway' }])
})

t.test('a stopped relay publishes nothing', async (t) => {
  const fixture = await createFixture(t)
  fixture.kafka.isAway = true
  const { publishOrEnqueue, relay } = fixture.gateway()
  await publishOrEnqueue(topics.uploadRequested, await fixture.register())
  fixture.kafka.isAway = false
  await relay(AbortSignal.abort())
  t.strictSame(fixture.published, [])
})

const typesOf = (events: ImageEvent[]) => events.map(({ type }) => type)

/** The real catalog on an embedded DynamoDB, and a Kafka that can be made unavailable. */
async function createFixture(t: Test) {
  const { client, documents } = await startTestDynamoDb(t)
  await createCatalogTable(client, 'images')
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

  /** One of many gateways, which share only the catalog and Kafka. */
  const gateway = (others: Partial<GatewayDependencies> = {}, logger = createLogger('test', 'silent')) =>
    createOutboxPublisher({ catalog, events, now: Date.now, ...others }, logger)

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
