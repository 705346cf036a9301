import { setTimeout } from 'node:timers/promises'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { type ImageRecord, isFinal } from '../../core/images/image-record.ts'
import type { ImageRef } from '../../core/images/object-key.ts'

interface WaitOptions {
  /** Resolves after this many milliseconds. */
  sleep?: (ms: number) => Promise<unknown>
  /** Beyond this, the requests of one principal are answered at once. */
  maxWaitsPerPrincipal?: number
}

const tickMs = 50
/** An image is checked after 50 ms, 100 ms and so on, and then every 800 ms. */
const maxTicksBetweenChecks = 16
/** The limit of one BatchGetItem. */
const maxBatch = 100

interface WatchedImage extends Pick<ImageRef, 'tenant' | 'imageId'> {
  /** The record at the last check. */
  record: ImageRecord
  ticksBetweenChecks: number
  waits: Set<PromiseWithResolvers<ImageRecord | undefined>>
}

/**
 * Creates the function that holds requests until an image's status is final. All requests for an image share its checks, and all
 * images that are due at the same time share one call of the catalog, so that the cost does not grow with the number of requests.
 */
export function createWaitForFinal(
  catalog: Pick<Catalog, 'findMany'>,
  { sleep = setTimeout, maxWaitsPerPrincipal = 250 }: WaitOptions = {},
) {
  const watched = new Map<string, WatchedImage>()
  const waitsOf = new Map<string, number>()
  let isPolling = false

  /**
   * Returns the record once its status is final, or as it was last seen when `over` is aborted, or undefined when it has expired.
   * @throws DependencyUnavailable (a retry can help) when the catalog fails meanwhile
   */
  return async function waitForFinal(
    principalId: string,
    record: ImageRecord,
    over: AbortSignal,
  ): Promise<ImageRecord | undefined> {
    const waits = waitsOf.get(principalId) ?? 0
    if (isFinal(record) || over.aborted || waits >= maxWaitsPerPrincipal) return record
    waitsOf.set(principalId, waits + 1)
    try {
      return await watch(record, over)
    } finally {
      const left = (waitsOf.get(principalId) ?? 1) - 1
      if (left > 0) waitsOf.set(principalId, left)
      else waitsOf.delete(principalId)
    }
  }

  async function watch(record: ImageRecord, over: AbortSignal): Promise<ImageRecord | undefined> {
    const { tenant, imageId } = record
    const id = idOf(record)
    const image = watched.get(id) ?? { tenant, imageId, record, ticksBetweenChecks: 1, waits: new Set() }
    const wait = Promise.withResolvers<ImageRecord | undefined>()
    const end = () => wait.resolve(image.record)
    image.waits.add(wait)
    watched.set(id, image)
    over.addEventListener('abort', end)
    if (!isPolling) void poll()
    try {
      return await wait.promise
    } finally {
      over.removeEventListener('abort', end)
      image.waits.delete(wait)
      if (image.waits.size === 0 && watched.get(id) === image) watched.delete(id)
    }
  }

  /** Runs while requests wait. */
  async function poll(): Promise<void> {
    isPolling = true
    for (let tick = 1; ; tick += 1) {
      await sleep(tickMs)
      if (watched.size === 0) break
      const due = [...watched.values()].filter(({ ticksBetweenChecks }) => tick % ticksBetweenChecks === 0)
      const batches = Array.from({ length: Math.ceil(due.length / maxBatch) }, (_, index) =>
        due.slice(index * maxBatch, (index + 1) * maxBatch),
      )
      await Promise.all(batches.map(check))
    }
    isPolling = false
  }

  async function check(images: WatchedImage[]): Promise<void> {
    try {
      const records = await catalog.findMany(images)
      const found = new Map(records.map((record) => [idOf(record), record]))
      for (const image of images) update(image, found.get(idOf(image)))
    } catch (error) {
      for (const { waits } of images) for (const wait of waits) wait.reject(error)
    }
  }

  function update(image: WatchedImage, record: ImageRecord | undefined): void {
    image.ticksBetweenChecks = Math.min(image.ticksBetweenChecks * 2, maxTicksBetweenChecks)
    if (record) image.record = record
    if (record && !isFinal(record)) return
    // Requests that arrive now start with the new record.
    watched.delete(idOf(image))
    for (const wait of image.waits) wait.resolve(record)
  }
}

export type WaitForFinal = ReturnType<typeof createWaitForFinal>

const idOf = ({ tenant, imageId }: Pick<ImageRef, 'tenant' | 'imageId'>) => `${tenant}#${imageId}`
