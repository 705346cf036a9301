import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import { DependencyUnavailable, LeaseUnavailable } from '../../../errors.ts'
import { type ImageEvent, imageEvent, topics } from '../../../events/image-events.ts'
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
    await catalog.owe(record, requestedOf(record))
    t.ok(await isOwing(catalog, record))

    const taken = await take(catalog, record, 'relay')
    t.strictSame(taken.owedEvents, [requestedOf(record)])
    t.equal(await catalog.strikeOff(taken, 'relay'), true)
    t.notOk(await isOwing(catalog, record))
    t.strictSame(await catalog.find(record.tenant, record.imageId), record, 'and nothing of it stays')
    t.notOk('owingShard' in ((await readItem(store, record)) ?? {}))
  })

  await t.test('events are kept in the order in which they were owed, each once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.owe(record, requestedOf(record))
    const owing = await found(catalog, record)
    await catalog.owe(owing, { ...requestedOf(record), time: 'later' })
    await catalog.owe(owing, completedOf(record))
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    t.strictSame(finished.owedEvents, [requestedOf(record), completedOf(record), owedBy(held)])
  })

  await t.test('of 10 relays at once, one gets a record', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.owe(record, requestedOf(record))
    const takers = Array.from({ length: 10 }, (_, index) => `relay-${index}`)
    const taken = await Promise.all(takers.map((owner) => catalog.takeOwing(record, owner, leaseMs)))
    t.equal(taken.filter(Boolean).length, 1)
  })

  await t.test('a relay that dies is followed by another when its lease is over', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.owe(record, requestedOf(record))
    const first = await take(catalog, record, 'first')
    clock.now += leaseMs - 1
    t.equal(await catalog.takeOwing(record, 'second', leaseMs), undefined)
    clock.now += 1
    const second = await take(catalog, record, 'second')
    t.equal(await catalog.strikeOff(first, 'first'), false, 'who was late strikes nothing off')
    t.equal(await catalog.strikeOff(second, 'second'), true)
  })

  await t.test('what a relay gives back can be taken at once', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.owe(record, requestedOf(record))
    const taken = await take(catalog, record, 'first')
    await catalog.giveBackOwing(taken, 'somebody else')
    t.equal(await catalog.takeOwing(record, 'second', leaseMs), undefined, 'but only by its holder')
    await catalog.giveBackOwing(taken, 'first')
    t.ok(await catalog.takeOwing(record, 'second', leaseMs))
  })

  await t.test('an event that joins while others are delivered is not struck off with them', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.owe(record, requestedOf(record))
    const taken = await take(catalog, record, 'relay')
    await catalog.owe(taken, completedOf(record))
    t.equal(await catalog.strikeOff(taken, 'relay'), false)
    await catalog.giveBackOwing(taken, 'relay')
    const again = await take(catalog, record, 'relay')
    t.strictSame(again.owedEvents, [requestedOf(record), completedOf(record)])
    t.equal(await catalog.strikeOff(again, 'relay'), true)
  })

  await t.test('settle strikes off what was published, and what nobody knew of stays', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    await catalog.owe(finished, completedOf(held))
    await t.rejects(catalog.settle(finished, 'worker'), LeaseUnavailable)
    const now = await found(catalog, held)
    t.strictSame(now.owedEvents, [owedBy(held), completedOf(held)])
    await catalog.settle(now, 'worker')
    t.notOk(await isOwing(catalog, held))
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('once an image is finished, its events are the worker’s until its work is over', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.owe(record, requestedOf(record))
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const early = await take(catalog, record, 'relay')
    t.strictSame(early.owedEvents, [requestedOf(record)], 'while it works a relay may still take them')
    await catalog.giveBackOwing(early, 'relay')
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    t.equal(await catalog.takeOwing(record, 'relay', leaseMs), undefined)
    await t.resolves(catalog.settle(finished, 'worker'))
    t.equal((await catalog.claim(held, 'next', leaseMs)).outcome, 'finished')
  })

  await t.test('a worker leaves what it cannot publish to a relay, and the image is free', async (t) => {
    const { catalog } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await t.rejects(catalog.leaveToRelay(held, 'worker'), LeaseUnavailable, 'not before it is finished')
    const finished = await catalog.finish(held, 'worker', readyResult, owedBy(held))
    t.notOk(await isOwing(catalog, held), 'the worker will publish it')
    await t.rejects(catalog.leaveToRelay(finished, 'other'), LeaseUnavailable)
    await catalog.leaveToRelay(finished, 'worker')
    t.ok(await isOwing(catalog, held))
    const left = await found(catalog, held)
    t.equal(left.leaseOwner, undefined)
    const taken = await take(catalog, held, 'relay')
    t.strictSame(taken.owedEvents, [owedBy(held)])
    t.equal(await catalog.strikeOff(taken, 'relay'), true)
  })

  await t.test('what a record owes can be measured', async (t) => {
    const { catalog, clock } = openCatalog(store)
    clock.now = 1_000
    const { record } = await catalog.register(someUpload())
    const before = await catalog.measureOwing()
    await catalog.owe(record, requestedOf(record))
    clock.now = 2_000
    await catalog.owe(await found(catalog, record), completedOf(record))
    const after = await catalog.measureOwing()
    t.strictSame(after, { count: before.count + 1, oldestMs: 1_000 }, 'since its first event')
    t.equal(await catalog.strikeOff(await take(catalog, record, 'relay'), 'relay'), true)
    t.strictSame(await catalog.measureOwing(), before)
  })

  await t.test('a record that has made room for the next generation takes no event of the old', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record: old } = await catalog.register(someUpload())
    clock.now = old.expiresAt * 1000
    const { record } = await catalog.register(someUpload({ imageId: old.imageId }))
    await t.rejects(catalog.owe(old, requestedOf(old)), DependencyUnavailable)
    t.strictSame(await found(catalog, old), record)
  })

  await t.test('what is owed is listed in pages', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const imageIds = Array.from({ length: 60 }, () => someUpload().imageId.replace(/^./, 'e'))
    clock.now = 10_000
    for (const imageId of imageIds) {
      const { record } = await catalog.register(someUpload({ imageId }))
      await catalog.owe(record, requestedOf(record))
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
  for await (const page of catalog.listOwing()) images.push(...page)
  return images
}

async function isOwing(catalog: Catalog, { tenant, imageId }: ImageRef): Promise<boolean> {
  return (await listAll(catalog)).some((image) => image.tenant === tenant && image.imageId === imageId)
}

async function take(catalog: Catalog, image: ImageRef, owner: string): Promise<ImageRecord> {
  const taken = await catalog.takeOwing(image, owner, leaseMs)
  if (!taken) throw new Error('nothing to take')
  return taken
}

async function found(catalog: Catalog, { tenant, imageId }: ImageRef): Promise<ImageRecord> {
  const record = await catalog.find(tenant, imageId)
  if (!record) throw new Error('no record')
  return record
}
