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
  /** Only images older than this position, usually `next` of the previous page. */
  before?: string
}

export interface DayPage {
  /** Newest first. */
  records: ImageRecord[]
  /** Position of the next page; undefined at the end of the day. */
  next?: string
}

interface Found {
  entries: DayEntry[]
  next?: string
}

/** Bounds a page to 16 shards × (100 + 200) entries, because most of them can be expired or of another status. */
const maxRounds = 2
const laterReadLimit = 200
/** A page queries all shards at once. Limiting concurrent pages leaves connections for other requests. */
const pagesAtOnce = 4

/** Lists a tenant's images of a day in pages. New images are newer than every page, so they do not shift the later pages. */
export function createImagesOfDay(table: DayTable, now: () => number) {
  const limit = limitConcurrency(pagesAtOnce)

  /**
   * A page can be short, or even empty, and still have a `next`.
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

/** Newest first. Entries older than the last one read of any unfinished shard are left out: that shard may hold newer ones. */
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
