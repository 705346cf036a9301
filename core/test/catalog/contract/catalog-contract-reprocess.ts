import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { ReadyResult } from '../../../catalog/image-result.ts'
import { LeaseLost } from '../../../errors.ts'
import { imageEvent, topics } from '../../../events/image-events.ts'
import type { ImageRecord } from '../../../images/image-record.ts'
import {
  type CatalogStore,
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  processedEvent,
  readItem,
  readyResult,
  registerAndClaim,
  rejectedResult,
  someUpload,
} from './catalog-contract-store.ts'

const variant = (key: string) => ({
  name: key,
  key,
  contentType: 'image/webp',
  width: 1,
  height: 1,
  byteLength: 1,
})
const before: ReadyResult = {
  ...readyResult,
  image: { ...readyResult.image, variants: [variant('thumb'), variant('old')] },
}
const after: ReadyResult = {
  ...before,
  recipe: 'newer',
  image: { ...before.image, dominantColor: '#ffffff', variants: [variant('thumb'), variant('new')] },
}

const reprocessed = (record: ImageRecord) =>
  imageEvent(topics.reprocessed, record, { source: '/hashgate/test', nowMs: 0 })

/** A ready image whose lease is completed. */
async function makeReady(catalog: Catalog): Promise<ImageRecord> {
  const held = await registerAndClaim(catalog, 'first')
  await catalog.finish(held, 'first', before, processedEvent(held))
  await catalog.completeLease(finishedAs(held, before), 'first')
  return (await catalog.find(held.tenant, held.imageId)) ?? held
}

const imagesToCheck = async (catalog: Catalog) => {
  const found: string[] = []
  for await (const page of catalog.listUnfinished()) found.push(...page.map(({ imageId }) => imageId))
  return found
}

export async function testReprocess(t: Test, store: CatalogStore): Promise<void> {
  await t.test(
    'a ready image of another recipe can be claimed for reprocessing and stays ready',
    async (t) => {
      const { catalog } = openCatalog(store)
      const ready = await makeReady(catalog)
      const held = claimed(await catalog.claimForReprocess(ready, 'again', leaseMs, 'newer'))
      t.match(held, { status: 'ready', image: before.image, leaseOwner: 'again' })
      t.match(
        await catalog.claimForReprocess(ready, 'other', leaseMs, 'newer'),
        { outcome: 'busy' },
        'by one worker at a time',
      )
      t.match(
        await catalog.claim(ready, 'late', leaseMs),
        { outcome: 'finished' },
        'a late trigger does nothing',
      )
      await catalog.release(held, 'again')
      t.strictSame(await catalog.find(ready.tenant, ready.imageId), ready, 'released unchanged')
    },
  )

  await t.test('completeReprocess replaces the result and adds the event', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const ready = await makeReady(catalog)
    const held = claimed(await catalog.claimForReprocess(ready, 'again', leaseMs, 'newer'))
    clock.now += 5_000
    const event = reprocessed(held)
    const finished = await catalog.completeReprocess(held, 'again', after, event)
    const expected = { ...after, reprocessedAt: new Date(clock.now).toISOString() }
    t.match(finished, { ...expected, finishedAt: ready.finishedAt, pendingEvents: [event] })
    t.match(await catalog.claimForReprocess(ready, 'late', leaseMs, 'newer'), { outcome: 'finished' })
    t.match(
      await catalog.claimForReprocess(ready, 'late', leaseMs, 'newest'),
      { outcome: 'busy' },
      'its events must be published first',
    )

    clock.now = held.leaseUntil ?? 0
    t.ok((await imagesToCheck(catalog)).includes(held.imageId), 'the reconciler finds it')
    const resumed = claimed(await catalog.claim(ready, 'next', leaseMs))
    t.match(resumed, { status: 'ready', pendingEvents: [event] }, 'another worker completes it')
    await catalog.completeLease(resumed, 'next')
    const item = await readItem(store, ready)
    t.ok(item, 'the stored item is read')
    for (const name of ['owedEvents', 'leaseOwner', 'checkAt']) t.notOk(name in (item ?? {}), name)
    t.match(await catalog.claimForReprocess(ready, 'third', leaseMs, 'newest'), { outcome: 'claimed' })
  })

  await t.test('a repeated write, as after a lost response, has one effect', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = claimed(await catalog.claimForReprocess(await makeReady(catalog), 'again', leaseMs, 'newer'))
    const event = reprocessed(held)
    const first = await catalog.completeReprocess(held, 'again', after, event)
    clock.now += 1_000
    t.strictSame(await catalog.completeReprocess(held, 'again', after, event), first)
    t.strictSame(first.pendingEvents, [event])
    await catalog.completeLease(first, 'again')
    await t.rejects(catalog.completeReprocess(held, 'again', after, event), LeaseLost, 'not after completion')
  })

  await t.test('reprocessing attempts are counted separately and reset on success', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const ready = await makeReady(catalog)
    const start = async (owner: string, recipe = 'newer') =>
      claimed(await catalog.claimForReprocess(ready, owner, leaseMs, recipe))
    t.match(await start('killed'), { attempts: 1, reprocessAttempts: 1 })
    clock.now += leaseMs
    const slow = await start('slow')
    t.match(slow, { attempts: 1, reprocessAttempts: 2 })
    await catalog.release(slow, 'slow', { attemptCounts: true })
    const idle = await start('idle')
    t.equal(idle.reprocessAttempts, 3)
    await catalog.release(idle, 'idle')
    const held = await start('done')
    t.match(held, { attempts: 1, reprocessAttempts: 3 }, 'a released attempt does not count')

    const finished = await catalog.completeReprocess(held, 'done', after, reprocessed(held))
    await catalog.completeLease(finished, 'done')
    const record = await catalog.find(ready.tenant, ready.imageId)
    t.equal(record?.attempts, 1)
    t.ok(record, 'the record exists')
    t.notOk('reprocessAttempts' in (record ?? {}))
    t.match(await start('next', 'newest'), { reprocessAttempts: 1 })
  })

  await t.test('a worker that lost the lease changes nothing', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const ready = await makeReady(catalog)
    const lost = claimed(await catalog.claimForReprocess(ready, 'slow', leaseMs, 'newer'))
    clock.now = lost.leaseUntil ?? 0
    const taken = claimed(await catalog.claimForReprocess(ready, 'next', leaseMs, 'newer'))
    await t.rejects(catalog.completeReprocess(lost, 'slow', after, reprocessed(lost)), LeaseLost)
    t.strictSame(await catalog.find(ready.tenant, ready.imageId), taken)
  })

  await t.test('of ten concurrent claims, one succeeds', async (t) => {
    const { catalog } = openCatalog(store)
    const ready = await makeReady(catalog)
    const owners = Array.from({ length: 10 }, (_, index) => `worker-${index}`)
    const claims = await Promise.all(
      owners.map((owner) => catalog.claimForReprocess(ready, owner, leaseMs, 'newer')),
    )
    t.equal(claims.filter(({ outcome }) => outcome === 'claimed').length, 1)
    t.equal(claims.filter(({ outcome }) => outcome === 'busy').length, 9)
  })

  await t.test(
    'an image that is not ready, has this recipe, expired or is of another generation is not claimed',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const { record: pending } = await catalog.register(someUpload())
      t.match(await catalog.claimForReprocess(pending, 'again', leaseMs, 'newer'), { outcome: 'finished' })
      const rejected = await registerAndClaim(catalog, 'worker')
      await catalog.finish(rejected, 'worker', rejectedResult, processedEvent(rejected))
      t.match(await catalog.claimForReprocess(rejected, 'again', leaseMs, 'newer'), { outcome: 'finished' })

      const ready = await makeReady(catalog)
      t.match(await catalog.claimForReprocess(ready, 'again', leaseMs, before.recipe), {
        outcome: 'finished',
      })
      const other = { ...ready, generation: '20200101' }
      t.match(await catalog.claimForReprocess(other, 'again', leaseMs, 'newer'), { outcome: 'gone' })
      clock.now = ready.expiresAt * 1_000
      t.match(await catalog.claimForReprocess(ready, 'again', leaseMs, 'newer'), { outcome: 'gone' })
    },
  )
}
