import fc from 'fast-check'
import t from 'tap'
import { createDayTableDouble, newestFirst } from '../../../scripts/testkit/day-table-double.ts'
import { dayAt } from '../../catalog/day-index.ts'
import { createImagesOfDay, type DayListing } from '../../catalog/images-of-day.ts'
import { type ImageRecord, type ImageStatus, newRecord } from '../../images/image-record.ts'
import { dayMs } from './contract/catalog-contract-store.ts'

const morningMs = Date.UTC(2026, 10, 22)
const day = dayAt(morningMs)
const statuses: ImageStatus[] = ['pending', 'processing', 'ready', 'rejected']

/** Few times and few shards, so that images share them. */
const someImage = fc.record({
  imageId: fc.stringMatching(/^[0-2f][0-9a-f]{63}$/),
  afterMs: fc.integer({ min: 0, max: 20 }),
  status: fc.constantFrom(...statuses),
  isExpired: fc.boolean(),
})

const someRecords = fc
  .uniqueArray(someImage, { selector: ({ imageId }) => imageId, maxLength: 80 })
  .map((images) => images.map(toRecord))

function toRecord({
  imageId,
  afterMs,
  status,
  isExpired,
}: typeof someImage extends fc.Arbitrary<infer T> ? T : never) {
  const request = { tenant: 'local', imageId, byteLength: 1, contentType: 'image/png' as const }
  const record = newRecord(request, morningMs + afterMs, 7 * 86_400)
  return { ...record, status, ...(isExpired && { expiresAt: 0 }) }
}

t.test('the pages together contain the whole day, newest first, for any page size', async (t) => {
  const options = fc.record({
    limit: fc.integer({ min: 1, max: 100 }),
    status: fc.option(fc.constantFrom(...statuses), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(someRecords, options, async (records, { limit, status }) => {
      const pages = await readPages(records, { tenant: 'local', day, limit, status })
      const expected = records.filter(
        (record) => record.expiresAt > 0 && (!status || record.status === status),
      )
      t.strictSame(pages.flat(), expected.sort(newestFirst))
      t.ok(pages.every(({ length }) => length <= limit))
    }),
  )
})

t.test('a page reads a limited number of entries and returns the next position', async (t) => {
  const records = Array.from({ length: 20_000 }, (_, index) =>
    toRecord({
      imageId: index.toString(16).padStart(64, '0'),
      afterMs: index,
      status: index === 0 ? 'rejected' : 'ready',
      isExpired: false,
    }),
  )
  const pages = await readPages(records, { tenant: 'local', day, limit: 5, status: 'rejected' })
  t.ok(pages.length > 1)
  t.strictSame(pages.flat(), records.slice(0, 1))
})

t.test(
  'a record that changed since it was indexed is listed with its current state, or not at all',
  async (t) => {
    const [unchanged, deleted, changed, replaced] = Array.from({ length: 4 }, (_, index) =>
      toRecord({ imageId: `${index}`.repeat(64), afterMs: index, status: 'ready', isExpired: false }),
    ) as [ImageRecord, ImageRecord, ImageRecord, ImageRecord]
    const table = createDayTableDouble(() => [unchanged, deleted, changed, replaced])
    const later = { ...replaced, createdAt: new Date(morningMs + 8 * dayMs).toISOString() }
    const readRecords = async () => [{ ...changed, status: 'rejected' as const }, later, unchanged]
    const { listDay } = createImagesOfDay({ ...table, readRecords }, () => morningMs)
    const { records } = await listDay({ tenant: 'local', day, limit: 9, status: 'ready' })
    t.strictSame(records, [unchanged])
  },
)

async function readPages(records: ImageRecord[], listing: DayListing): Promise<ImageRecord[][]> {
  const { listDay } = createImagesOfDay(
    createDayTableDouble(() => records),
    () => morningMs,
  )
  const pages: ImageRecord[][] = []
  let before: string | undefined
  do {
    const page = await listDay({ ...listing, before })
    pages.push(page.records)
    before = page.next
  } while (before !== undefined)
  return pages
}
