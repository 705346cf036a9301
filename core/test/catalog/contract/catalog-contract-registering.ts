import type { Test } from 'tap'
import { generationAt } from '../../../images/object-key.ts'
import {
  beforeUpdates,
  type CatalogStore,
  leaseMs,
  openCatalog,
  processedEvent,
  readItem,
  readyResult,
  registerAndClaim,
  rejectedResult,
  retentionSeconds,
  someUpload,
} from './catalog-contract-store.ts'

export async function testRegistering(t: Test, store: CatalogStore): Promise<void> {
  await t.test('a new record is pending and has an expiry', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload({ fileName: 'größe 🖼.png' })
    const { created, record } = await catalog.register(request)
    t.equal(created, true)
    t.strictSame(record, {
      ...request,
      generation: generationAt(clock.now),
      status: 'pending',
      sequence: 1,
      createdAt: new Date(clock.now).toISOString(),
      expiresAt: Math.floor(clock.now / 1000) + retentionSeconds,
      attempts: 0,
    })
    t.strictSame(
      await catalog.find(request.tenant, request.imageId),
      record,
      'find returns the created record',
    )
  })

  await t.test(
    'the TTL is stored in epoch seconds as a number, and undefined fields are not stored',
    async (t) => {
      const { catalog } = openCatalog(store)
      const { record } = await catalog.register(someUpload({ fileName: undefined }))
      const item = await readItem(store, record)
      t.strictSame(item?.expiresAt, { N: String(record.expiresAt) })
      t.strictSame(Object.keys(item ?? {}).sort(), [
        'attempts',
        'byteLength',
        'checkAt',
        'contentType',
        'createdAt',
        'dayOrder',
        'dayShard',
        'expiresAt',
        'generation',
        'imageId',
        'pk',
        'sequence',
        'status',
        'tenant',
        'unfinishedShard',
      ])
    },
  )

  await t.test('duplicates are counted, and a new generation starts at none', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload()
    const { record } = await catalog.register(request)
    t.notOk('duplicates' in record)
    await Promise.all(Array.from({ length: 20 }, () => catalog.countDuplicate(record)))
    const counted = await catalog.find(record.tenant, record.imageId)
    t.strictSame(counted, { ...record, duplicates: 20 }, 'nothing else changes')

    clock.now = record.expiresAt * 1000
    await catalog.countDuplicate(record)
    t.notOk(await catalog.find(record.tenant, record.imageId), 'the record stays expired')
    const next = await catalog.register(request)
    await catalog.countDuplicate(record)
    t.strictSame(
      await catalog.find(record.tenant, record.imageId),
      next.record,
      'a duplicate of the old generation changes nothing',
    )
  })

  await t.test('of 50 concurrent requests, one creates the record and all get it', async (t) => {
    const request = someUpload()
    const clock = { now: Date.now() }
    const requests = Array.from({ length: 50 }, () => openCatalog(store, clock).catalog.register(request))
    const results = await Promise.all(requests)
    t.equal(results.filter(({ created }) => created).length, 1)
    for (const { record } of results) t.strictSame(record, results[0]?.record)
  })

  await t.test(
    'of 20 concurrent requests with different lengths, one creates the record and one length is kept',
    async (t) => {
      const request = someUpload()
      const clock = { now: Date.now() }
      const lengths = Array.from({ length: 20 }, (_, index) => index + 1)
      const results = await Promise.all(
        lengths.map((byteLength) => openCatalog(store, clock).catalog.register({ ...request, byteLength })),
      )
      t.equal(results.filter(({ created }) => created).length, 1)
      const stored = await openCatalog(store, clock).catalog.find(request.tenant, request.imageId)
      t.ok(stored && lengths.includes(stored.byteLength))
    },
  )

  await t.test('a newer request updates only the declared fields of a pending record', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload({ fileName: 'a.png' })
    const first = await catalog.register(request)
    clock.now += 5_000
    const newer = { ...request, byteLength: 99, contentType: 'image/webp' } as const
    const second = await catalog.register(newer)
    t.equal(second.created, false)
    t.strictSame(second.record, { ...first.record, byteLength: 99, contentType: 'image/webp' })
    t.strictSame(await catalog.find(request.tenant, request.imageId), second.record)
  })

  await t.test('a record that is processing, ready or rejected does not change', async (t) => {
    const { catalog } = openCatalog(store)
    const processing = await registerAndClaim(catalog, 'worker')
    const ready = await registerAndClaim(catalog, 'worker')
    await catalog.finish(ready, 'worker', readyResult, processedEvent(ready))
    const rejected = await registerAndClaim(catalog, 'worker')
    await catalog.finish(rejected, 'worker', rejectedResult, processedEvent(rejected))

    for (const { tenant, imageId } of [processing, ready, rejected]) {
      const before = await catalog.find(tenant, imageId)
      const again = await catalog.register({ tenant, imageId, byteLength: 7, contentType: 'image/gif' })
      t.equal(again.created, false)
      t.strictSame(again.record, before)
      t.strictSame(await catalog.find(tenant, imageId), before)
    }
  })

  await t.test('a claim during a newer request keeps the declared fields', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    const { catalog: overtaken } = openCatalog(
      beforeUpdates(store, () => catalog.claim(record, 'worker', leaseMs)),
      clock,
    )
    const { tenant, imageId, byteLength } = record
    const again = await overtaken.register({ tenant, imageId, byteLength: 7, contentType: 'image/gif' })
    t.match(again, {
      created: false,
      record: { status: 'processing', byteLength, contentType: 'image/png' },
    })
    t.strictSame(await catalog.find(tenant, imageId), again.record)
  })

  await t.test('a record is invisible to other tenants', async (t) => {
    const { catalog } = openCatalog(store)
    const { record: theirs } = await catalog.register(someUpload({ tenant: 'tenant-a' }))
    t.equal(await catalog.find('tenant-b', theirs.imageId), undefined)
    const claim = await catalog.claim({ ...theirs, tenant: 'tenant-b' }, 'worker', leaseMs)
    t.strictSame(claim, { outcome: 'gone' })
    const { created } = await catalog.register(someUpload({ tenant: 'tenant-b', imageId: theirs.imageId }))
    t.equal(created, true)
    t.strictSame(await catalog.find('tenant-a', theirs.imageId), theirs)
  })

  await t.test('an image that was never registered does not exist', async (t) => {
    const { catalog } = openCatalog(store)
    const { tenant, imageId } = someUpload()
    t.equal(await catalog.find(tenant, imageId), undefined)
    const claim = await catalog.claim({ tenant, imageId, generation: '20261122' }, 'worker', leaseMs)
    t.strictSame(claim, { outcome: 'gone' })
    t.equal(await catalog.find(tenant, imageId), undefined, 'a claim does not create a record')
  })
}
