import { setTimeout as sleep } from 'node:timers/promises'
import type { ImageRef } from '../images/object-key.ts'
import { dayAt } from './day-index.ts'
import type { DayListing, DayPage } from './images-of-day.ts'
import type { ReadyImage, ReadyPage, ReadyQuery } from './scan-ready.ts'

export interface OutdatedQuery {
  /** The current recipe. Images made with any other are outdated. */
  recipe: string
  tenant?: string
  /** UTC day of creation, `YYYY-MM-DD`. */
  day?: string
  /** Limits the table capacity that a scan of all tenants consumes. */
  readUnitsPerSecond: number
}

export interface OutdatedPage {
  images: ImageRef[]
  /** Outdated images that are not listed because they expire within a day. */
  endingSoon: number
  /** Number of images read for this page. */
  scannedCount: number
}

interface Sources {
  listDay: (listing: DayListing) => Promise<DayPage>
  scanReady: (query: ReadyQuery) => Promise<ReadyPage>
  retentionSeconds: number
  /** Epoch milliseconds. */
  now: () => number
}

const dayMs = 86_400_000
const imagesPerPage = 100
/** S3 deletes objects a number of days after their last write, so variants written late outlive their record. */
const minLifetimeLeftMs = dayMs

/** Finds the ready images that were made with another recipe, for `npm run reprocess`. */
export function createOutdatedImages({ listDay, scanReady, retentionSeconds, now }: Sources) {
  /**
   * Lists outdated images in pages, some of them empty. Reprocessed images are no longer listed, so a restarted command resumes where
   * it stopped. A tenant's images are found in the day index. For all tenants the whole table is scanned, because an index only
   * for this would cost a write per image.
   *
   * The generator throws DependencyUnavailable (a retry can help).
   */
  async function* listOutdated(query: OutdatedQuery): AsyncGenerator<OutdatedPage> {
    const { tenant, day } = query
    if (tenant === undefined) return yield* scanAll(query)
    for (const one of day === undefined ? liveDays() : [day]) yield* readDay(tenant, one, query.recipe)
  }

  async function* readDay(tenant: string, day: string, recipe: string): AsyncGenerator<OutdatedPage> {
    let before: string | undefined
    do {
      const page = await listDay({ tenant, day, status: 'ready', limit: imagesPerPage, before })
      const outdated = page.records.filter((record) => record.recipe !== recipe)
      yield { ...leaveOutExpiring(outdated), scannedCount: page.records.length }
      before = page.next
    } while (before !== undefined)
  }

  async function* scanAll({ recipe, day, readUnitsPerSecond }: OutdatedQuery): AsyncGenerator<OutdatedPage> {
    const generation = day?.replaceAll('-', '')
    let startAt: ReadyPage['next']
    do {
      const page = await scanReady({ recipe, generation, nowMs: now(), startAt })
      yield { ...leaveOutExpiring(page.images), scannedCount: page.scannedCount }
      startAt = page.next
      if (startAt) await sleep((page.readUnits / readUnitsPerSecond) * 1_000)
    } while (startAt)
  }

  function leaveOutExpiring(outdated: ReadyImage[]): Pick<OutdatedPage, 'images' | 'endingSoon'> {
    const images = outdated.filter(({ expiresAt }) => expiresAt * 1_000 - now() >= minLifetimeLeftMs)
    return { images, endingSoon: outdated.length - images.length }
  }

  /** The days on which unexpired images may have been created, newest first. */
  function liveDays(): string[] {
    const count = Math.ceil((retentionSeconds * 1_000) / dayMs) + 1
    return Array.from({ length: count }, (_, index) => dayAt(now() - index * dayMs))
  }

  return { listOutdated }
}
