import type { Test } from 'tap'
import { LeaseLost } from '../../../errors.ts'
import {
  type CatalogStore,
  claimed,
  dayMs,
  finishedAs,
  leaseMs,
  openCatalog,
  processedEvent,
  readItem,
  readyResult,
  registerAndClaim,
  someUpload,
} from './catalog-contract-store.ts'

export async function testExpiry(t: Test, store: CatalogStore): Promise<void> {
  await t.test('a record expires at exactly expiresAt, not a millisecond before', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    clock.now = record.expiresAt * 1000 - 1
    t.strictSame(await catalog.find(record.tenant, record.imageId), record)
    clock.now += 1
    t.equal(await catalog.find(record.tenant, record.imageId), undefined)
    t.strictSame(await catalog.claim(record, 'worker', leaseMs), { outcome: 'gone' })
    t.ok(await readItem(store, record), 'it is not deleted yet')
  })

  await t.test(
    'the next request after that starts a new generation without any data of the old one',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const old = await registerAndClaim(catalog, 'worker')
      await catalog.finish(old, 'worker', readyResult, processedEvent(old))
      clock.now = old.expiresAt * 1000
      const request = someUpload({ tenant: old.tenant, imageId: old.imageId, byteLength: 5 })

      const { created, record } = await catalog.register(request)
      t.equal(created, true)
      t.ok(record.generation > old.generation)
      t.equal(record.status, 'pending')
      t.strictSame(await catalog.find(old.tenant, old.imageId), record)
      t.strictSame(
        await catalog.claim(old, 'late', leaseMs),
        { outcome: 'gone' },
        'a late event of the old generation',
      )
      t.equal(claimed(await catalog.claim(record, 'worker', leaseMs)).attempts, 1)
    },
  )

  await t.test('of 20 concurrent requests after expiry, one starts the new generation', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record: old } = await catalog.register(someUpload())
    clock.now = old.expiresAt * 1000
    const request = someUpload({ imageId: old.imageId })
    const results = await Promise.all(
      Array.from({ length: 20 }, () => openCatalog(store, clock).catalog.register(request)),
    )
    t.equal(results.filter(({ created }) => created).length, 1)
    for (const { record } of results) t.strictSame(record, results[0]?.record)
  })

  await t.test('of several images, those that are absent or expired are left out', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record: old } = await catalog.register(someUpload())
    clock.now += dayMs
    const { record } = await catalog.register(someUpload())
    const images = [old, record, { ...record, tenant: 'other' }]
    const ids = (await catalog.findMany(images)).map(({ imageId }) => imageId)
    t.strictSame(ids.sort(), [old.imageId, record.imageId].sort())
    clock.now = old.expiresAt * 1_000
    t.strictSame(await catalog.findMany(images), [record])
  })

  await t.test('a duplicate request does not extend the lifetime', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload()
    const { record } = await catalog.register(request)
    clock.now = record.expiresAt * 1000 - 1
    const again = await catalog.register({ ...request, byteLength: 9 })
    t.equal(again.created, false)
    t.equal(again.record.expiresAt, record.expiresAt)
    t.equal(again.record.generation, record.generation)
  })

  await t.test('a worker of the old generation cannot write into the new one', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const old = await registerAndClaim(catalog, 'worker')
    clock.now = old.expiresAt * 1000
    const { record } = await catalog.register(someUpload({ imageId: old.imageId }))
    claimed(await catalog.claim(record, 'worker', leaseMs)) // with the same owner
    const now = await catalog.find(old.tenant, old.imageId)
    await t.rejects(catalog.finish(old, 'worker', readyResult, processedEvent(old)), LeaseLost)
    await t.rejects(catalog.completeLease(finishedAs(old), 'worker'), LeaseLost)
    await t.rejects(catalog.release(old, 'worker'), LeaseLost)
    t.strictSame(await catalog.find(old.tenant, old.imageId), now)
  })
}
