import type { OutdatedPage } from '../../core/catalog/outdated-images.ts'
import { LeaseLost } from '../../core/errors.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { Done } from '../../processor/pipeline/stages.ts'

/** How it ended for one image. `busy`: somebody else is on it. */
export type End = Done | { outcome: 'busy' } | { outcome: 'failed'; message: string }

interface ReprocessOptions {
  reprocess: (image: ImageRef) => Promise<Done>
  /** Images at a time. */
  concurrency: number
  /** Aborted: begins no more images. */
  signal: AbortSignal
  onPage: (page: OutdatedPage) => void
  onEnd: (image: ImageRef, end: End) => void
}

/** So many in a row are no matter of images: a part is away, or a setting is wrong. */
const maxFailuresInARow = 20

/**
 * Makes all these images again, and ends when the last one that was begun is done.
 * @throws Error for people when one failure follows another
 */
export async function reprocessOutdated(
  pages: AsyncIterable<OutdatedPage>,
  options: ReprocessOptions,
): Promise<void> {
  const { reprocess, concurrency, signal, onPage, onEnd } = options
  const underWay = new Set<Promise<void>>()
  let failuresInARow = 0

  async function work(image: ImageRef): Promise<void> {
    const end = await endOf(reprocess(image))
    failuresInARow = end.outcome === 'failed' ? failuresInARow + 1 : 0
    onEnd(image, end)
  }

  async function begin(image: ImageRef): Promise<void> {
    if (underWay.size >= concurrency) await Promise.race(underWay)
    if (signal.aborted) return
    if (failuresInARow >= maxFailuresInARow)
      throw new Error(`${failuresInARow} in a row failed: it was given up.`)
    const begun = work(image).finally(() => underWay.delete(begun))
    underWay.add(begun)
  }

  try {
    for await (const page of pages) {
      onPage(page)
      for (const image of page.images) await begin(image)
      if (signal.aborted) return
    }
  } finally {
    await Promise.all(underWay)
  }
}

async function endOf(done: Promise<Done>): Promise<End> {
  try {
    return await done
  } catch (error) {
    if (error instanceof LeaseLost) return { outcome: 'busy' }
    return { outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
