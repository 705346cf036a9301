import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
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

const checkAfterMs = 300_000

export async function testUnfinished(t: Test, store: CatalogStore): Promise<void> {
  await t.test(
    'the check of an image is due some minutes after the upload request, not before',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const { record } = await catalog.register(someUpload())
      clock.now += checkAfterMs - 1
      t.notOk(await isListed(catalog, record))
      clock.now += 1
      t.ok(await isListed(catalog, record))
    },
  )

  await t.test('an image is checked until its event is published', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    clock.now += checkAfterMs
    t.ok(await isListed(catalog, held), 'processing')
    const next = claimed(await catalog.claim(held, 'worker', leaseMs))
    const finished = await catalog.finish(next, 'worker', readyResult, processedEvent(next))
    t.ok(await isListed(catalog, held), 'final, with a pending event')
    await catalog.completeLease(finished, 'worker')
    t.notOk(await isListed(catalog, held))
    t.notOk('checkAt' in ((await readItem(store, held)) ?? {}))
  })

  await t.test('an image that was handed off to the relay is not checked', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    const finished = await catalog.finish(held, 'worker', readyResult, processedEvent(held))
    await catalog.handOffToRelay(finished, 'worker')
    clock.now += checkAfterMs
    t.notOk(await isListed(catalog, held))
  })

  await t.test('a released image is still checked', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const held = await registerAndClaim(catalog, 'worker')
    await catalog.release(held, 'worker')
    clock.now += checkAfterMs
    t.ok(await isListed(catalog, held))
  })

  await t.test('checks can be postponed and ended', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    await catalog.postponeCheck(record, clock.now + 2 * checkAfterMs)
    clock.now += checkAfterMs
    t.notOk(await isListed(catalog, record))
    clock.now += checkAfterMs
    t.ok(await isListed(catalog, record))
    await catalog.endChecks(record)
    t.notOk(await isListed(catalog, record))
    await catalog.postponeCheck(record, clock.now)
    t.notOk(await isListed(catalog, record), 'ended checks do not resume')
    t.strictSame(await catalog.find(record.tenant, record.imageId), record, 'nothing else has changed')
  })

  await t.test('a later upload request restarts the checks of a pending image', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const request = someUpload()
    const { record } = await catalog.register(request)
    clock.now += checkAfterMs
    await catalog.postponeCheck(record, Number.MAX_SAFE_INTEGER)
    t.strictSame((await catalog.register(request)).record, record)
    t.notOk(await isListed(catalog, record), 'not at once')
    clock.now += checkAfterMs
    t.ok(await isListed(catalog, record))
  })

  await t.test('ending the checks of an old generation does not affect the new one', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const { record: old } = await catalog.register(someUpload())
    clock.now = old.expiresAt * 1000
    const { record } = await catalog.register(someUpload({ imageId: old.imageId }))
    await catalog.endChecks(old)
    await catalog.postponeCheck(old, Number.MAX_SAFE_INTEGER)
    clock.now += checkAfterMs
    t.ok(await isListed(catalog, record))
  })
}

async function listAll(catalog: Catalog): Promise<ImageRef[]> {
  const images: ImageRef[] = []
  for await (const page of catalog.listUnfinished()) images.push(...page)
  return images
}

async function isListed(catalog: Catalog, { imageId, generation }: ImageRef): Promise<boolean> {
  const images = await listAll(catalog)
  return images.some((image) => image.imageId === imageId && image.generation === generation)
}
