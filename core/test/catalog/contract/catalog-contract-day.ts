import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { Catalog } from '../../../catalog/catalog.ts'
import { dayAt } from '../../../catalog/day-index.ts'
import type { DayListing } from '../../../catalog/images-of-day.ts'
import type { ImageRecord } from '../../../images/image-record.ts'
import {
  type CatalogStore,
  claimed,
  dayMs,
  leaseMs,
  openCatalog,
  processedEvent,
  rejectedResult,
  someUpload,
} from './catalog-contract-store.ts'

type Clock = { now: number }

export async function testDay(t: Test, store: CatalogStore): Promise<void> {
  await t.test('a day lists the current records of its tenant, newest first', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    const records = await registerMany(catalog, clock, listing.tenant, 30)
    await registerMany(catalog, clock, someTenant(), 3)
    t.strictSame(await catalog.listDay({ ...listing, limit: 100 }), {
      records: records.toReversed(),
      next: undefined,
    })
    const held = claimed(await catalog.claim(at(records, 7), 'worker', leaseMs))
    const { records: shown } = await catalog.listDay({ ...listing, limit: 100 })
    t.strictSame(shown.at(-8), held)
  })

  await t.test('pages of any size together contain every image once', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    const records = await registerMany(catalog, clock, listing.tenant, 24, { stepMs: 0 })
    const whole = await readPages(catalog, { ...listing, limit: 100 })
    t.strictSame(idsOf(whole.flat()).sort(), idsOf(records).sort())
    for (const limit of [5, 24]) {
      const pages = await readPages(catalog, { ...listing, limit })
      t.strictSame(pages.flat(), whole.flat(), `pages of ${limit}`)
      t.ok(
        pages.slice(0, -1).every(({ length }) => length === limit),
        'all pages but the last are full',
      )
    }
  })

  await t.test('new images do not shift the pages', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    const atStart = idsOf(await registerMany(catalog, clock, listing.tenant, 20)).reverse()
    const registerMore = () => registerMany(catalog, clock, listing.tenant, 3)
    const pages = await readPages(catalog, { ...listing, limit: 6 }, registerMore)
    t.strictSame(idsOf(pages.flat()), atStart)
  })

  await t.test('a status filter leaves out any number of other images', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    const records = await registerMany(catalog, clock, listing.tenant, 30)
    const rejected = [at(records, 25), at(records, 3)]
    for (const record of rejected) await reject(catalog, record)
    const pages = await readPages(catalog, { ...listing, status: 'rejected', limit: 1 })
    t.strictSame(idsOf(pages.flat()), idsOf(rejected))
    t.equal((await readPages(catalog, { ...listing, status: 'pending', limit: 9 })).flat().length, 28)
  })

  await t.test('expired images are not listed even if they are not deleted yet', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    const [, , ...younger] = await registerMany(catalog, clock, listing.tenant, 6)
    clock.now = at(younger, 0).expiresAt * 1000 - 1
    const unexpired = await readPages(catalog, { ...listing, limit: 2 })
    t.strictSame(idsOf(unexpired.flat()), idsOf(younger).reverse())
    clock.now = at(younger, -1).expiresAt * 1000
    t.strictSame((await readPages(catalog, { ...listing, limit: 2 })).flat(), [])
  })

  await t.test('an image that was uploaded again is listed only on its new day', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    const old = at(await registerMany(catalog, clock, listing.tenant, 1), 0)
    clock.now = old.expiresAt * 1000
    const { record } = await catalog.register(someUpload({ tenant: listing.tenant, imageId: old.imageId }))
    t.strictSame((await catalog.listDay(listing)).records, [])
    const newDay = { ...listing, day: dayAt(clock.now) }
    t.strictSame((await catalog.listDay(newDay)).records, [record])
  })

  await t.test('a day ends at midnight, UTC', async (t) => {
    const { catalog, clock, listing } = openDay(store)
    clock.now = Date.parse(`${listing.day}T00:00:00Z`) + dayMs - 1
    const [last, first] = await registerMany(catalog, clock, listing.tenant, 2)
    t.strictSame((await catalog.listDay(listing)).records, [last])
    t.strictSame((await catalog.listDay({ ...listing, day: dayAt(clock.now) })).records, [first])
  })
}

const someTenant = () => `day-${randomUUID()}`

/** A day of a new tenant, and a catalog whose clock shows the morning of it. */
function openDay(store: CatalogStore) {
  const day = dayAt(Date.now() + dayMs)
  const { catalog, clock } = openCatalog(store, { now: Date.parse(`${day}T08:00:00Z`) })
  return { catalog, clock, listing: { tenant: someTenant(), day, limit: 20 } }
}

/** Oldest first. */
async function registerMany(
  catalog: Catalog,
  clock: Clock,
  tenant: string,
  count: number,
  { stepMs = 1_000 } = {},
): Promise<ImageRecord[]> {
  const records: ImageRecord[] = []
  for (let made = 0; made < count; made += 1) {
    records.push((await catalog.register(someUpload({ tenant }))).record)
    clock.now += stepMs
  }
  return records
}

async function reject(catalog: Catalog, record: ImageRecord): Promise<void> {
  const held = claimed(await catalog.claim(record, 'worker', leaseMs))
  await catalog.finish(held, 'worker', rejectedResult, processedEvent(held))
}

async function readPages(catalog: Catalog, listing: DayListing, afterEach: () => unknown = () => {}) {
  const pages: ImageRecord[][] = []
  let before: string | undefined
  do {
    const { records, next } = await catalog.listDay({ ...listing, before })
    pages.push(records)
    before = next
    await afterEach()
  } while (before !== undefined)
  return pages
}

const idsOf = (records: ImageRecord[]) => records.map(({ imageId }) => imageId)

function at<T>(items: T[], index: number): T {
  const item = items.at(index)
  if (item === undefined) throw new Error(`no item at ${index}`)
  return item
}
