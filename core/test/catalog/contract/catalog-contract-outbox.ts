import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import { DependencyUnavailable, LeaseLost } from '../../../errors.ts'
import { imageEvent, topics } from '../../../events/image-events.ts'
import type { ImageEvent } from '../../../images/image-event.ts'
import type { ImageRecord } from '../../../images/image-record.ts'
import type { ImageRef } from '../../../images/object-key.ts'
import {
  type CatalogStore,
  claimed,
  leaseMs,
  openCatalog,
  processedEvent,
  readItem,
  readyResult,
  registerAndClaim,
  someUpload,
} from './catalog-contract-store.ts'

export async function testOutbox(t: Test, store: CatalogStore): Promise<void> {
  await t.test('a pending event is listed, locked and marked as published', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    t.notOk(await hasPendingEvents(catalog, record), 'a new record has no pending events')
    await catalog.outbox.enqueue(record, requestedOf(record))
    t.ok(await hasPendingEvents(catalog, record))

    const taken = await lock(catalog, record, 'relay')
    t.strictSame(taken.pendingEvents, [requestedOf(record)])
    t.equal(await catalog.outbox.markPublished(taken, 'relay'), true)
    t.notOk(await hasPendingEvents(catalog, record))
    t.strictSame(
      await catalog.find(record.tenant, record.imageId),
      record,
      'the event is removed from the record',
    )
    t.notOk('owingShard' in ((await readItem(store, record)) ?? {}))
  })

  await t.test('events keep their order, and each is enqueued once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const pending = await found(catalog, record)
    await catalog.outbox.enqueue(pending, { ...requestedOf(record), time: 'later' })
    await catalog.outbox.enqueue(pending, completedOf(record))
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const finished = await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    t.strictSame(finished.pendingEvents, [requestedOf(record), completedOf(record), processedEvent(held)])
  })

  await t.test('of 10 concurrent relays, one locks the record', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const owners = Array.from({ length: 10 }, (_, index) => `relay-${index}`)
    const results = await Promise.all(owners.map((owner) => catalog.outbox.lock(record, owner, leaseMs)))
    t.equal(results.filter(Boolean).length, 1)
  })

  await t.test('another relay can lock the record when the lease of a dead one has expired', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const first = await lock(catalog, record, 'first')
    clock.now += leaseMs - 1
    t.equal(await catalog.outbox.lock(record, 'second', leaseMs), undefined)
    clock.now += 1
    const second = await lock(catalog, record, 'second')
    t.equal(await catalog.outbox.markPublished(first, 'first'), false, 'the late relay removes nothing')
    t.equal(await catalog.outbox.markPublished(second, 'second'), true)
  })

  await t.test('an unlocked record can be locked at once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const taken = await lock(catalog, record, 'first')
    await catalog.outbox.unlock(taken, 'other')
    t.equal(await catalog.outbox.lock(record, 'second', leaseMs), undefined, 'only the holder can unlock it')
    await catalog.outbox.unlock(taken, 'first')
    t.ok(await catalog.outbox.lock(record, 'second', leaseMs))
  })

  await t.test('an event that is enqueued while others are published is kept', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const taken = await lock(catalog, record, 'relay')
    await catalog.outbox.enqueue(taken, completedOf(record))
    t.equal(await catalog.outbox.markPublished(taken, 'relay'), false)
    await catalog.outbox.unlock(taken, 'relay')
    const again = await lock(catalog, record, 'relay')
    t.strictSame(again.pendingEvents, [requestedOf(record), completedOf(record)])
    t.equal(await catalog.outbox.markPublished(again, 'relay'), true)
  })

  await t.test('completeLease fails when an event was enqueued since the record was read', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const finished = await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    await catalog.outbox.enqueue(finished, completedOf(held))
    await t.rejects(catalog.completeLease(finished, 'worker'), LeaseLost)
    const now = await found(catalog, held)
    t.strictSame(now.pendingEvents, [processedEvent(held), completedOf(held)])
    await catalog.completeLease(now, 'worker')
    t.notOk(await hasPendingEvents(catalog, held))
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('a relay cannot lock a finished image until its worker completes the lease', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const early = await lock(catalog, record, 'relay')
    t.strictSame(early.pendingEvents, [requestedOf(record)], 'a relay can lock it during processing')
    await catalog.outbox.unlock(early, 'relay')
    const finished = await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    t.equal(await catalog.outbox.lock(record, 'relay', leaseMs), undefined)
    await t.resolves(catalog.completeLease(finished, 'worker'))
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('handOffToRelay puts the image into the outbox and ends the lease', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await t.rejects(catalog.handOffToRelay(held, 'worker'), LeaseLost, 'not before it is finished')
    const finished = await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    t.notOk(await hasPendingEvents(catalog, held), 'the worker will publish it')
    await t.rejects(catalog.handOffToRelay(finished, 'other'), LeaseLost)
    await catalog.handOffToRelay(finished, 'worker')
    t.ok(await hasPendingEvents(catalog, held))
    const left = await found(catalog, held)
    t.equal(left.leaseOwner, undefined)
    const taken = await lock(catalog, held, 'relay')
    t.strictSame(taken.pendingEvents, [processedEvent(held)])
    t.equal(await catalog.outbox.markPublished(taken, 'relay'), true)
  })

  await t.test('pending events can be measured', async (t) => {
    const { catalog, clock } = openCatalog(store)
    clock.now = 1_000
    const { record } = await catalog.register(someUpload())
    const before = await catalog.outbox.measurePending()
    await catalog.outbox.enqueue(record, requestedOf(record))
    clock.now = 2_000
    await catalog.outbox.enqueue(await found(catalog, record), completedOf(record))
    const after = await catalog.outbox.measurePending()
    t.strictSame(after, { count: before.count + 1, oldestMs: 1_000 }, 'since its first event')
    t.equal(await catalog.outbox.markPublished(await lock(catalog, record, 'relay'), 'relay'), true)
    t.strictSame(await catalog.outbox.measurePending(), before)
  })

  await t.test(
    'an event of the old generation cannot be enqueued in the record of the new one',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const { record: old } = await catalog.register(someUpload())
      clock.now = old.expiresAt * 1000
      const { record } = await catalog.register(someUpload({ imageId: old.imageId }))
      await t.rejects(catalog.outbox.enqueue(old, requestedOf(old)), DependencyUnavailable)
      t.strictSame(await found(catalog, old), record)
    },
  )

  await t.test('pending images are listed in pages', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const imageIds = Array.from({ length: 60 }, () => someUpload().imageId.replace(/^./, 'e'))
    clock.now = 10_000
    for (const imageId of imageIds) {
      const { record } = await catalog.register(someUpload({ imageId }))
      await catalog.outbox.enqueue(record, requestedOf(record))
      clock.now += 1
    }
    const listed = (await listAll(catalog))
      .map(({ imageId }) => imageId)
      .filter((id) => imageIds.includes(id))
    t.strictSame(listed, imageIds, 'those waiting longest come first')
  })
}

const source = '/hashgate/test'
const requestedOf = (record: ImageRecord): ImageEvent =>
  imageEvent(topics.uploadRequested, record, { source, nowMs: 0 })
const completedOf = (record: ImageRecord): ImageEvent =>
  imageEvent(topics.uploadCompleted, record, { source, nowMs: 0 })

async function listAll(catalog: Catalog): Promise<ImageRef[]> {
  const images: ImageRef[] = []
  for await (const page of catalog.outbox.listPending()) images.push(...page)
  return images
}

async function hasPendingEvents(catalog: Catalog, { tenant, imageId }: ImageRef): Promise<boolean> {
  return (await listAll(catalog)).some((image) => image.tenant === tenant && image.imageId === imageId)
}

async function lock(catalog: Catalog, image: ImageRef, owner: string): Promise<ImageRecord> {
  const taken = await catalog.outbox.lock(image, owner, leaseMs)
  if (!taken) throw new Error('the record cannot be locked')
  return taken
}

async function found(catalog: Catalog, { tenant, imageId }: ImageRef): Promise<ImageRecord> {
  const record = await catalog.find(tenant, imageId)
  if (!record) throw new Error('no record')
  return record
}
