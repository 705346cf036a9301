import { type ImageRecord, type ImageStatus, isExpired } from '../images/image-record.ts'
import { limitConcurrency } from '../limit-concurrency.ts'
import { type DayEntry, newestPositionOf, shardKeysOf, sortKeyOf } from './day-index.ts'
import type { DayTable, ShardPart } from './day-table.ts'

export interface DayListing {
  tenant: string
  /** UTC, `YYYY-MM-DD` */
  day: string
  status?: ImageStatus
  /** 1 to 100. */
  limit: number
  /** Only what is older than this place: where the page before ended. */
  before?: string
}

export interface DayPage {
  /** Newest first, and as they are now. */
  records: ImageRecord[]
  /** Where the next page begins; undefined at the end of the day. */
  next?: string
}

interface Found {
  entries: DayEntry[]
  next?: string
}

/** Of another status, or expired, can be most entries: a page reads at most 16 shards × (100 + 200) of them. */
const maxRounds = 2
const laterReadLimit = 200
/** A page asks all shards at once: more pages than these wait, so that they leave connections to everybody else. */
const pagesAtOnce = 4

/** A tenant's images of a day, page by page. Images that come meanwhile are newer than every page: they move none. */
export function createImagesOfDay(table: DayTable, now: () => number) {
  const limit = limitConcurrency(pagesAtOnce)

  /**
   * A page can be short, or even empty, while `next` says that there is more.
   * @throws DependencyUnavailable
   */
  const listDay = (listing: DayListing) => limit(() => readPage(listing))

  async function readPage(listing: DayListing): Promise<DayPage> {
    const { entries, next } = await findEntries(listing)
    const records = await table.readRecords(entries)
    const byPosition = new Map(records.map((record) => [sortKeyOf(record), record]))
    const shown = entries
      .map(({ sortKey }) => byPosition.get(sortKey))
      .filter((record) => record !== undefined)
    return { records: shown.filter((record) => stillFits(record, listing)), next }
  }

  function stillFits(record: ImageRecord, { status }: DayListing): boolean {
    return !isExpired(record, now()) && (status === undefined || record.status === status)
  }

  async function findEntries(listing: DayListing): Promise<Found> {
    const entries: DayEntry[] = []
    let next: string | undefined = listing.before ?? newestPositionOf(listing.day)
    for (let round = 0; next !== undefined && entries.length < listing.limit && round < maxRounds; round++) {
      const wanted = listing.limit - entries.length
      const readLimit = round === 0 ? wanted : laterReadLimit
      const found: Found = await readAllShards(listing, next, { wanted, readLimit })
      entries.push(...found.entries)
      next = found.next
    }
    return { entries, next }
  }

  async function readAllShards(
    { tenant, day, status }: DayListing,
    before: string,
    { wanted, readLimit }: { wanted: number; readLimit: number },
  ): Promise<Found> {
    const query = { before, status, nowMs: now(), readLimit }
    const parts = await Promise.all(shardKeysOf(tenant, day).map((key) => table.readShard(key, query)))
    return mergeShards(parts, wanted)
  }

  return { listDay }
}

/** Newest first. Behind the place to which every shard was read, another shard could have something newer. */
function mergeShards(parts: ShardPart[], limit: number): Found {
  const readTo = parts.flatMap((part) => part.readTo ?? []).reduce(later, '')
  const known = parts
    .flatMap(({ entries }) => entries)
    .filter(({ sortKey }) => sortKey >= readTo)
    .sort((a, b) => (a.sortKey < b.sortKey ? 1 : -1))
  const entries = known.slice(0, limit)
  return { entries, next: known.length > limit ? entries.at(-1)?.sortKey : readTo || undefined }
}

const later = (a: string, b: string) => (a > b ? a : b)
