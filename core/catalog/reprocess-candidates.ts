import { setTimeout as sleep } from 'node:timers/promises'
import type { ImageRef } from '../images/object-key.ts'
import { dayAt } from './day-index.ts'
import type { DayListing, DayPage } from './images-of-day.ts'
import {
  type Candidate,
  type Criterion,
  meets,
  type ScannedPage,
  type ScanQuery,
  statusOf,
} from './scan-candidates.ts'

export interface CandidateQuery {
  criterion: Criterion
  tenant?: string
  /** UTC day of creation, `YYYY-MM-DD`. */
  day?: string
  /** Limits the table capacity that a scan of all tenants consumes. */
  readUnitsPerSecond: number
}

export interface CandidatePage {
  images: ImageRef[]
  /** Images that are not listed because they expire within a day. */
  endingSoon: number
  /** Number of images read for this page. */
  scannedCount: number
}

interface Sources {
  listDay: (listing: DayListing) => Promise<DayPage>
  scanCandidates: (query: ScanQuery) => Promise<ScannedPage>
  retentionSeconds: number
  /** Epoch milliseconds. */
  now: () => number
}

const dayMs = 86_400_000
const imagesPerPage = 100
/** S3 deletes objects a number of days after their last write, so variants written late outlive their record. */
const minLifetimeLeftMs = dayMs

/** Finds the images to process again, for `npm run reprocess`. */
export function createReprocessCandidates({ listDay, scanCandidates, retentionSeconds, now }: Sources) {
  /**
   * Lists the images in pages, some of them empty. Reprocessed images are no longer listed, so a restarted command resumes where
   * it stopped. A tenant's images are found in the day index. For all tenants the whole table is scanned, because an index only
   * for this would cost a write per image.
   *
   * The generator throws DependencyUnavailable (a retry can help).
   */
  async function* listCandidates(query: CandidateQuery): AsyncGenerator<CandidatePage> {
    const { tenant, day } = query
    if (tenant === undefined) return yield* scanAll(query)
    for (const one of day === undefined ? liveDays() : [day]) yield* readDay(tenant, one, query.criterion)
  }

  async function* readDay(tenant: string, day: string, criterion: Criterion): AsyncGenerator<CandidatePage> {
    let before: string | undefined
    do {
      const page = await listDay({ tenant, day, status: statusOf(criterion), limit: imagesPerPage, before })
      const found = page.records.filter((record) => meets(criterion, record))
      yield { ...leaveOutExpiring(found), scannedCount: page.records.length }
      before = page.next
    } while (before !== undefined)
  }

  async function* scanAll({
    criterion,
    day,
    readUnitsPerSecond,
  }: CandidateQuery): AsyncGenerator<CandidatePage> {
    const generation = day?.replaceAll('-', '')
    let startAt: ScannedPage['next']
    do {
      const page = await scanCandidates({ criterion, generation, nowMs: now(), startAt })
      yield { ...leaveOutExpiring(page.images), scannedCount: page.scannedCount }
      startAt = page.next
      if (startAt) await sleep((page.readUnits / readUnitsPerSecond) * 1_000)
    } while (startAt)
  }

  function leaveOutExpiring(found: Candidate[]): Pick<CandidatePage, 'images' | 'endingSoon'> {
    const images = found.filter(({ expiresAt }) => expiresAt * 1_000 - now() >= minLifetimeLeftMs)
    return { images, endingSoon: found.length - images.length }
  }

  /** The days on which unexpired images may have been created, newest first. */
  function liveDays(): string[] {
    const count = Math.ceil((retentionSeconds * 1_000) / dayMs) + 1
    return Array.from({ length: count }, (_, index) => dayAt(now() - index * dayMs))
  }

  return { listCandidates }
}
