import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { ImageResult } from '../../../catalog/image-result.ts'
import type { CandidateQuery } from '../../../catalog/reprocess-candidates.ts'
import type { ImageRecord } from '../../../images/image-record.ts'
import {
  type CatalogStore,
  claimed,
  finishedAs,
  leaseMs,
  openCatalog,
  processedEvent,
  readyResult,
  rejectedResult,
  someUpload,
} from './catalog-contract-store.ts'

const rate = { readUnitsPerSecond: 1_000_000 }

async function make(
  catalog: Catalog,
  tenant: string,
  result: ImageResult = readyResult,
): Promise<ImageRecord> {
  const { record } = await catalog.register(someUpload({ tenant }))
  const held = claimed(await catalog.claim(record, 'worker', leaseMs))
  await catalog.finish(held, 'worker', result, processedEvent(held))
  await catalog.completeLease(finishedAs(held, result), 'worker')
  return record
}

/** The listed ids of these tenants only, because the table contains images of other tests. */
async function idsOf(catalog: Catalog, query: Omit<CandidateQuery, 'readUnitsPerSecond'>, tenants: string[]) {
  const found: string[] = []
  for await (const { images } of catalog.listCandidates({ ...rate, ...query })) {
    found.push(...images.filter(({ tenant }) => tenants.includes(tenant)).map(({ imageId }) => imageId))
  }
  return found.sort()
}

export async function testCandidates(t: Test, store: CatalogStore): Promise<void> {
  await t.test(
    'images of another recipe are listed, for one tenant or all, for one day or all',
    async (t) => {
      const { catalog, clock } = openCatalog(store)
      const [one, other] = [`a-${randomUUID()}`, `b-${randomUUID()}`]
      const old = { ...readyResult, recipe: 'older' }
      const day = new Date(clock.now).toISOString().slice(0, 10)
      const first = await make(catalog, one, old)
      const elsewhere = await make(catalog, other, old)
      await make(catalog, one)
      await catalog.register(someUpload({ tenant: one }))
      await make(catalog, one, rejectedResult)
      clock.now += 86_400_000
      const nextDay = new Date(clock.now).toISOString().slice(0, 10)
      const second = await make(catalog, one, old)

      const criterion = { outdatedFor: readyResult.recipe }
      const both = [one, other]
      const ids = (...records: ImageRecord[]) => records.map(({ imageId }) => imageId).sort()
      t.strictSame(await idsOf(catalog, { criterion, tenant: one }, both), ids(first, second))
      t.strictSame(await idsOf(catalog, { criterion, tenant: one, day }, both), ids(first))
      t.strictSame(await idsOf(catalog, { criterion, tenant: one, day: nextDay }, both), ids(second))
      t.strictSame(await idsOf(catalog, { criterion }, both), ids(first, second, elsewhere))
      t.strictSame(await idsOf(catalog, { criterion, day }, both), ids(first, elsewhere))
      t.strictSame(
        await idsOf(catalog, { criterion: { outdatedFor: 'older' } }, both).then(({ length }) => length),
        1,
      )

      clock.now = first.expiresAt * 1_000
      t.strictSame(
        await idsOf(catalog, { criterion, tenant: one }, both),
        ids(second),
        'an expired image is not listed',
      )
      t.strictSame(await idsOf(catalog, { criterion }, both), ids(second))
    },
  )

  await t.test('images that expire within a day are counted but not listed', async (t) => {
    const { catalog, clock } = openCatalog(store)
    const tenant = `e-${randomUUID()}`
    const { imageId, expiresAt } = await make(catalog, tenant)
    const look = async (query: { tenant?: string }) => {
      const found = { images: [] as string[], endingSoon: 0 }
      for await (const page of catalog.listCandidates({
        ...rate,
        criterion: { outdatedFor: 'newer' },
        ...query,
      })) {
        found.images.push(...page.images.map((image) => image.imageId))
        found.endingSoon += page.endingSoon
      }
      return found
    }
    clock.now = expiresAt * 1_000 - 86_400_000
    t.strictSame(await look({ tenant }), { images: [imageId], endingSoon: 0 })
    t.ok((await look({})).images.includes(imageId))
    clock.now += 1
    t.strictSame(await look({ tenant }), { images: [], endingSoon: 1 })
    const ofAll = await look({})
    t.notOk(ofAll.images.includes(imageId))
    t.ok(ofAll.endingSoon >= 1, 'including those of other tests')
  })

  await t.test('a record without a recipe is outdated', async (t) => {
    const { catalog } = openCatalog(store)
    const tenant = `c-${randomUUID()}`
    const record = await make(catalog, tenant, { ...readyResult, recipe: undefined as never })
    for (const query of [{ tenant }, {}]) {
      t.strictSame(await idsOf(catalog, { criterion: { outdatedFor: 'any' }, ...query }, [tenant]), [
        record.imageId,
      ])
    }
    t.match(await catalog.claimForReprocess(record, 'again', leaseMs, 'any'), { outcome: 'claimed' })
  })

  await t.test('a table of many pages is scanned to its end', async (t) => {
    const { catalog } = openCatalog(store)
    const tenant = `d-${randomUUID()}`
    const records: ImageRecord[] = []
    for (let round = 0; round < 11; round++) {
      records.push(...(await Promise.all(Array.from({ length: 10 }, () => make(catalog, tenant)))))
    }
    let [pages, scannedCount] = [0, 0]
    for await (const page of catalog.listCandidates({ ...rate, criterion: { outdatedFor: 'newer' } })) {
      pages += 1
      scannedCount += page.scannedCount
    }
    t.ok(pages > 1, `${pages} pages`)
    t.ok(scannedCount >= records.length)
    t.equal(
      (await idsOf(catalog, { criterion: { outdatedFor: 'newer' }, tenant }, [tenant])).length,
      records.length,
    )
  })

  await t.test('images that were rejected as processing_failed are listed and reopened', async (t) => {
    const { catalog } = openCatalog(store)
    const tenant = `f-${randomUUID()}`
    const rejection = { reason: 'processing_failed', detail: 'failed' } as const
    const failed = await make(catalog, tenant, { status: 'rejected', rejection })
    const corrupt = await make(catalog, tenant, rejectedResult)
    const ready = await make(catalog, tenant)
    for (const query of [{ tenant }, {}]) {
      t.strictSame(await idsOf(catalog, { criterion: 'failed', ...query }, [tenant]), [failed.imageId])
    }
    for (const image of [corrupt, ready]) {
      const before = await catalog.find(tenant, image.imageId)
      t.equal(await catalog.reopen(image), false)
      t.strictSame(await catalog.find(tenant, image.imageId), before)
    }
    t.equal(await catalog.reopen(failed), true)
    t.equal(await catalog.reopen(failed), false, 'once')
    const reopened = await catalog.find(tenant, failed.imageId)
    t.match(reopened, { status: 'pending', attempts: 0 })
    for (const name of ['rejection', 'finishedAt', 'startedAt']) t.notOk(name in (reopened ?? {}), name)
    const unfinished: string[] = []
    for await (const page of catalog.listUnfinished()) unfinished.push(...page.map(({ imageId }) => imageId))
    t.ok(unfinished.includes(failed.imageId), 'the reconciler finds it if the command stops')
    t.match(claimed(await catalog.claim(failed, 'again', leaseMs)), { attempts: 1 })
  })

  await t.test('an image whose rejection is not published yet is not reopened', async (t) => {
    const { catalog } = openCatalog(store)
    const { record } = await catalog.register(someUpload())
    const held = claimed(await catalog.claim(record, 'worker', leaseMs))
    const rejection = { reason: 'processing_failed', detail: 'failed' } as const
    await catalog.finish(held, 'worker', { status: 'rejected', rejection }, processedEvent(held))
    t.equal(await catalog.reopen(record), false)
    t.match(await catalog.find(record.tenant, record.imageId), { status: 'rejected' })
  })
}
