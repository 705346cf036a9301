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
  owedBy,
  readItem,
  readyResult,
  registerAndClaim,
  someUpload,
} from './catalog-contract-store.ts'

export async function testOutbox(t: Test, store: CatalogStore): Promise<void> {
  await t.test('what a record owes is listed, taken, and struck off', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    t.notOk(await isOwing(catalog, record), 'a new record owes nothing')
    await catalog.outbox.enqueue(record, requestedOf(record))
    t.ok(await isOwing(catalog, record))

    const taken = await take(catalog, record, 'relay')
    t.strictSame(taken.pendingEvents, [requestedOf(record)])
    t.equal(await catalog.outbox.markPublished(taken, 'relay'), true)
    t.notOk(await isOwing(catalog, record))
    t.strictSame(await catalog.find(record.tenant, record.imageId), record, 'and nothing of it stays')
    t.notOk('owingShard' in ((await readItem(store, record)) ?? {}))
  })

  await t.test('events are kept in the order in which they were owed, each once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const owing = await found(catalog, record)
    await catalog.outbox.enqueue(owing, { ...requestedOf(record), time: 'later' })
    await catalog.outbox.enqueue(owing, completedOf(record))
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    t.strictSame(finished.pendingEvents, [requestedOf(record), completedOf(record), owedBy(held)])
  })

  await t.test('of 10 relays at once, one gets a record', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const takers = Array.from({ length: 10 }, (_, index) => `relay-${index}`)
    const taken = await Promise.all(takers.map((owner) => catalog.outbox.lock(record, owner, leaseMs)))
    t.equal(taken.filter(Boolean).length, 1)
  })

  await t.test('a relay that dies is followed by another when its lease is over', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const first = await take(catalog, record, 'first')
    clock.now += leaseMs - 1
    t.equal(await catalog.outbox.lock(record, 'second', leaseMs), undefined)
    clock.now += 1
    const second = await take(catalog, record, 'second')
    t.equal(await catalog.outbox.markPublished(first, 'first'), false, 'who was late strikes nothing off')
    t.equal(await catalog.outbox.markPublished(second, 'second'), true)
  })

  await t.test('what a relay gives back can be taken at once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const taken = await take(catalog, record, 'first')
    await catalog.outbox.unlock(taken, 'somebody else')
    t.equal(await catalog.outbox.lock(record, 'second', leaseMs), undefined, 'but only by its holder')
    await catalog.outbox.unlock(taken, 'first')
    t.ok(await catalog.outbox.lock(record, 'second', leaseMs))
  })

  await t.test('an event that joins while others are delivered is not struck off with them', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const taken = await take(catalog, record, 'relay')
    await catalog.outbox.enqueue(taken, completedOf(record))
    t.equal(await catalog.outbox.markPublished(taken, 'relay'), false)
    await catalog.outbox.unlock(taken, 'relay')
    const again = await take(catalog, record, 'relay')
    t.strictSame(again.pendingEvents, [requestedOf(record), completedOf(record)])
    t.equal(await catalog.outbox.markPublished(again, 'relay'), true)
  })

  await t.test('settle strikes off what was published, and what nobody knew of stays', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    await catalog.outbox.enqueue(finished, completedOf(held))
    await t.rejects(catalog.completeLease(finished, 'worker'), LeaseLost)
    const now = await found(catalog, held)
    t.strictSame(now.pendingEvents, [owedBy(held), completedOf(held)])
    await catalog.completeLease(now, 'worker')
    t.notOk(await isOwing(catalog, held))
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('once an image is finished, its events are the worker’s until its work is over', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.outbox.enqueue(record, requestedOf(record))
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const early = await take(catalog, record, 'relay')
    t.strictSame(early.pendingEvents, [requestedOf(record)], 'while it works a relay may still take them')
    await catalog.outbox.unlock(early, 'relay')
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    t.equal(await catalog.outbox.lock(record, 'relay', leaseMs), undefined)
    await t.resolves(catalog.completeLease(finished, 'worker'))
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('a worker leaves what it cannot publish to a relay, and the image is free', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await t.rejects(catalog.handOffToRelay(held, 'worker'), LeaseLost, 'not before it is finished')
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    t.notOk(await isOwing(catalog, held), 'the worker will publish it')
    await t.rejects(catalog.handOffToRelay(finished, 'other'), LeaseLost)
    await catalog.handOffToRelay(finished, 'worker')
    t.ok(await isOwing(catalog, held))
    const left = await found(catalog, held)
    t.equal(left.leaseOwner, undefined)
    const taken = await take(catalog, held, 'relay')
    t.strictSame(taken.pendingEvents, [owedBy(held)])
    t.equal(await catalog.outbox.markPublished(taken, 'relay'), true)
  })

  await t.test('what a record owes can be measured', async (t) => {
    const { catalog, clock } = openCatalog(store)
    clock.now = 1_000
    const { record } = await catalog.register(someUpload())
    const before = await catalog.outbox.measurePending()
    await catalog.outbox.enqueue(record, requestedOf(record))
    clock.now = 2_000
    await catalog.outbox.enqueue(await found(catalog, record), completedOf(record))
    const after = await catalog.outbox.measurePending()
    t.strictSame(after, { count: before.count + 1, oldestMs: 1_000 }, 'since its first event')
    t.equal(await catalog.outbox.markPublished(await take(catalog, record, 'relay'), 'relay'), true)
    t.strictSame(await catalog.outbox.measurePending(), before)
  })

  await t.test('a record that has made room for the next generation takes no event of the old', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record: old } = await catalog.register(someUpload())
    clock.now = old.expiresAt * 1000
    const { record } = await catalog.register(someUpload({ imageId: old.imageId }))
    await t.rejects(catalog.outbox.enqueue(old, requestedOf(old)), DependencyUnavailable)
    t.strictSame(await found(catalog, old), record)
  })

  await t.test('what is owed is listed in pages', async (t) => {
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
    t.strictSame(listed, imageIds, 'the longest waiting first')
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

async function isOwing(catalog: Catalog, { tenant, imageId }: ImageRef): Promise<boolean> {
  return (await listAll(catalog)).some((image) => image.tenant === tenant && image.imageId === imageId)
}

async function take(catalog: Catalog, image: ImageRef, owner: string): Promise<ImageRecord> {
  const taken = await catalog.outbox.lock(image, owner, leaseMs)
  if (!taken) throw new Error('nothing to take')
  return taken
}

async function found(catalog: Catalog, { tenant, imageId }: ImageRef): Promise<ImageRecord> {
  const record = await catalog.find(tenant, imageId)
  if (!record) throw new Error('no record')
  return record
}
