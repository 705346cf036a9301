import { setTimeout as sleep } from 'node:timers/promises'
import type { ImageRef } from '../images/object-key.ts'
import { dayAt } from './day-index.ts'
import type { DayListing, DayPage } from './images-of-day.ts'
import type { ReadyImage, ReadyPage, ReadyQuery } from './scan-ready.ts'

export interface OutdatedQuery {
  /** Of today: what it has made is not out of date. */
  recipe: string
  tenant?: string
  /** UTC, `YYYY-MM-DD`, on which the images were created. */
  day?: string
  /** How much of the table's capacity a look at all tenants may take. */
  readUnitsPerSecond: number
}

export interface OutdatedPage {
  images: ImageRef[]
  /** Images out of date that are left to their end, which comes within a day. */
  endingSoon: number
  /** Images that were looked at for it. */
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
/** The store counts its days from the last write: the less life is left, the longer new bytes outlive their record. */
const minLifeLeftMs = dayMs

/** The ready images that another recipe has made, for an operator's command. */
export function createOutdatedImages({ listDay, scanReady, retentionSeconds, now }: Sources) {
  /**
   * In pages, some of them empty. What is brought up to date meanwhile does not come again: whoever stops, and begins anew,
   * goes on where he was. A tenant's are found in the index of its days; those of all tenants by reading the whole table, as
   * no index has them together, and one only for this would cost a write with every image.
   *
   * The generator throws DependencyUnavailable (a retry can help).
   */
  async function* listOutdated(query: OutdatedQuery): AsyncGenerator<OutdatedPage> {
    const { tenant, day } = query
    if (tenant === undefined) return yield* scanAll(query)
    for (const one of day === undefined ? daysAlive() : [day]) yield* readDay(tenant, one, query.recipe)
  }

  async function* readDay(tenant: string, day: string, recipe: string): AsyncGenerator<OutdatedPage> {
    let before: string | undefined
    do {
      const page = await listDay({ tenant, day, status: 'ready', limit: imagesPerPage, before })
      const outdated = page.records.filter((record) => record.recipe !== recipe)
      yield { ...leaveEnding(outdated), scannedCount: page.records.length }
      before = page.next
    } while (before !== undefined)
  }

  async function* scanAll({ recipe, day, readUnitsPerSecond }: OutdatedQuery): AsyncGenerator<OutdatedPage> {
    const generation = day?.replaceAll('-', '')
    let startAt: ReadyPage['next']
    do {
      const page = await scanReady({ recipe, generation, nowMs: now(), startAt })
      yield { ...leaveEnding(page.images), scannedCount: page.scannedCount }
      startAt = page.next
      if (startAt) await sleep((page.readUnits / readUnitsPerSecond) * 1_000)
    } while (startAt)
  }

  function leaveEnding(outdated: ReadyImage[]): Pick<OutdatedPage, 'images' | 'endingSoon'> {
    const images = outdated.filter(({ expiresAt }) => expiresAt * 1_000 - now() >= minLifeLeftMs)
    return { images, endingSoon: outdated.length - images.length }
  }

  /** Newest first, with the one on which the oldest image that is still alive may have been created. */
  function daysAlive(): string[] {
    const count = Math.ceil((retentionSeconds * 1_000) / dayMs) + 1
    return Array.from({ length: count }, (_, index) => dayAt(now() - index * dayMs))
  }

  return { listOutdated }
}
