import t from 'tap'
import { createCatalog } from '../../../core/catalog/catalog.ts'
import { createCatalogTable } from '../../../core/catalog/create-catalog-table.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import type { ImageRecord, UploadRequest } from '../../../core/images/image-record.ts'
import type { GatewayDependencies } from '../../../gateway/http/dependencies.ts'
import { createCatalogDouble } from '../../testkit/create-catalog-double.ts'
import { startTestDynamoDb } from '../../testkit/start-test-dynamodb.ts'

type GatewayCatalog = GatewayDependencies['catalog']

const startMs = Date.UTC(2026, 10, 22, 10)
const clock = { nowMs: startMs }
const now = () => clock.nowMs
const day = '2026-11-22'

const request = (digit: string, changes: Partial<UploadRequest> = {}): UploadRequest => ({
  tenant: 'acme',
  imageId: digit.repeat(64),
  byteLength: 5,
  contentType: 'image/png',
  ...changes,
})

async function findOrFail(catalog: GatewayCatalog, digit: string): Promise<ImageRecord> {
  const record = await catalog.find('acme', digit.repeat(64))
  if (!record) throw new Error(`the image ${digit} has no record`)
  return record
}

/** Calls of the routes, by a description of their behaviour. */
const scenarios: Record<string, (catalog: GatewayCatalog) => Promise<unknown>> = {
  'registers a new image': (catalog) => catalog.register(request('a', { fileName: 'a.png' })),
  'returns an existing image': (catalog) => catalog.register(request('a', { fileName: 'a.png' })),
  'takes over a new declaration of a pending image': (catalog) =>
    catalog.register(request('a', { byteLength: 6, contentType: 'image/jpeg', fileName: 'b.jpg' })),
  'finds an image': (catalog) => catalog.find('acme', 'a'.repeat(64)),
  'finds no image of another tenant': (catalog) => catalog.find('other', 'a'.repeat(64)),
  'finds several images, without those that do not exist': async (catalog) => {
    const ids = [
      ['acme', 'a'],
      ['other', 'a'],
      ['acme', 'f'],
    ] as const
    return catalog.findMany(ids.map(([tenant, digit]) => ({ tenant, imageId: digit.repeat(64) })))
  },
  'keeps the images of tenants apart': (catalog) => catalog.register(request('a', { tenant: 'other' })),
  'counts duplicates': async (catalog) => {
    const record = await findOrFail(catalog, 'a')
    await catalog.countDuplicate(record)
    await catalog.countDuplicate(record)
    return (await findOrFail(catalog, 'a')).duplicates
  },
  'keeps pending events in order': async (catalog) => {
    await catalog.register(request('b'))
    for (const topic of [topics.uploadRequested, topics.uploadCompleted]) {
      const record = await findOrFail(catalog, 'b')
      const event = imageEvent(topic, record, { source: '/hashgate/gateway', nowMs: now() })
      await catalog.outbox.enqueue(record, event)
    }
    return findOrFail(catalog, 'b')
  },
  'measures the outbox': (catalog) => catalog.outbox.measurePending(),
  'lists a day in pages, newest first': async (catalog) => {
    clock.nowMs += 1_000
    await catalog.register(request('c'))
    const first = await catalog.listDay({ tenant: 'acme', day, limit: 2 })
    const second = await catalog.listDay({ tenant: 'acme', day, limit: 2, before: first.next })
    return { first, second }
  },
  'lists by status': async (catalog) => {
    const list = (status: 'pending' | 'ready') => catalog.listDay({ tenant: 'acme', day, status, limit: 10 })
    return { pending: await list('pending'), ready: await list('ready') }
  },
  'treats an expired image as absent and registers it anew': async (catalog) => {
    clock.nowMs += 7 * 86_400_000
    return [await catalog.find('acme', 'a'.repeat(64)), await catalog.register(request('a'))]
  },
}

t.test('the double behaves like the real catalog', async (t) => {
  const { client, documents } = await startTestDynamoDb(t)
  await createCatalogTable(client, 'images')
  const real = createCatalog(documents, { tableName: 'images', retentionSeconds: 7 * 86_400, now })
  const double = createCatalogDouble(new Map(), now)
  for (const [name, run] of Object.entries(scenarios)) {
    const before = clock.nowMs
    const expected = structuredClone(await run(real))
    clock.nowMs = before
    t.strictSame(structuredClone(await run(double)), expected, name)
  }
})
