import type { CandidatePage } from '../../core/catalog/reprocess-candidates.ts'
import { LeaseLost } from '../../core/errors.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { Done } from '../../processor/pipeline/stages.ts'

/** The result for one image. `busy`: another processor holds its lease. */
export type Outcome = Done | { outcome: 'busy' } | { outcome: 'failed'; message: string }

interface ReprocessOptions {
  reprocess: (image: ImageRef) => Promise<Done>
  /** Images in progress at the same time. */
  concurrency: number
  /** Aborted: starts no more images. */
  signal: AbortSignal
  onPage: (page: CandidatePage) => void
  onOutcome: (image: ImageRef, result: Outcome) => void
}

/** More failures in a row are not caused by images: a dependency is unavailable, or a setting is wrong. */
const maxFailuresInARow = 20

/**
 * Reprocesses the images. Returns, or throws, when those in progress are complete.
 * @throws Error after too many failures in a row
 */
export async function reprocessAll(
  pages: AsyncIterable<CandidatePage>,
  options: ReprocessOptions,
): Promise<void> {
  const { reprocess, concurrency, signal, onPage, onOutcome } = options
  const inProgress = new Set<Promise<void>>()
  let failuresInARow = 0

  async function work(image: ImageRef): Promise<void> {
    const result = await outcomeOf(reprocess(image))
    failuresInARow = result.outcome === 'failed' ? failuresInARow + 1 : 0
    onOutcome(image, result)
  }

  async function start(image: ImageRef): Promise<void> {
    if (inProgress.size >= concurrency) await Promise.race(inProgress)
    if (signal.aborted) return
    if (failuresInARow >= maxFailuresInARow)
      throw new Error(`Stopped after ${failuresInARow} failures in a row.`)
    const started = work(image).finally(() => inProgress.delete(started))
    inProgress.add(started)
  }

  try {
    for await (const page of pages) {
      onPage(page)
      for (const image of page.images) await start(image)
      if (signal.aborted) return
    }
  } finally {
    await Promise.all(inProgress)
  }
}

async function outcomeOf(done: Promise<Done>): Promise<Outcome> {
  try {
    return await done
  } catch (error) {
    if (error instanceof LeaseLost) return { outcome: 'busy' }
    return { outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
