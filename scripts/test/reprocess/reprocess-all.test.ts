import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { CandidatePage } from '../../../core/catalog/reprocess-candidates.ts'
import { LeaseLost } from '../../../core/errors.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import type { Done } from '../../../processor/pipeline/stages.ts'
import { reprocessAll } from '../../reprocess/reprocess-all.ts'

const image = (imageId: string): ImageRef => ({ tenant: 'local', imageId, generation: '20261122' })

async function* pagesOf(...sizes: number[]): AsyncGenerator<CandidatePage> {
  for (const [page, size] of sizes.entries()) {
    const images = Array.from({ length: size }, (_, index) => image(`${page}-${index}`))
    yield { images, endingSoon: 0, scannedCount: size + 1 }
  }
}

const ready: Done = { outcome: 'ready' }

/** Runs a reprocess and records its calls. */
async function run(
  pages: AsyncIterable<CandidatePage>,
  reprocess: (image: ImageRef, stop: () => void) => Promise<Done>,
  concurrency = 2,
) {
  const controller = new AbortController()
  const recorded = { started: [] as string[], results: [] as [string, string][], scannedCount: 0, most: 0 }
  let inProgress = 0
  const ended = reprocessAll(pages, {
    concurrency,
    signal: controller.signal,
    onPage: (page) => {
      recorded.scannedCount += page.scannedCount
    },
    onOutcome: ({ imageId }, { outcome }) => recorded.results.push([imageId, outcome]),
    reprocess: async (one) => {
      recorded.started.push(one.imageId)
      recorded.most = Math.max(recorded.most, ++inProgress)
      await sleep(1)
      return reprocess(one, () => controller.abort()).finally(() => inProgress--)
    },
  })
  const error = await ended.then(
    () => undefined,
    (reason: Error) => reason.message,
  )
  return { ...recorded, error, inProgress }
}

t.test('every image of every page is reprocessed, within the concurrency limit', async (t) => {
  const { started, results, scannedCount, most } = await run(pagesOf(5, 0, 1, 4), async () => ready, 3)
  t.equal(new Set(started).size, 10)
  t.equal(results.filter(([, outcome]) => outcome === 'ready').length, 10)
  t.strictSame([scannedCount, most], [14, 3])
})

t.test('a failed or busy image is reported and the others continue', async (t) => {
  const { results, error } = await run(pagesOf(4), async ({ imageId }) => {
    if (imageId === '0-1') throw new LeaseLost('busy')
    if (imageId === '0-2') throw new Error('our bug')
    return ready
  })
  t.strictSame(Object.fromEntries(results), {
    '0-0': 'ready',
    '0-1': 'busy',
    '0-2': 'failed',
    '0-3': 'ready',
  })
  t.equal(error, undefined)
})

t.test('after an interruption, images in progress complete and no more are started', async (t) => {
  const { started, results, inProgress } = await run(pagesOf(10, 10), async ({ imageId }, stop) => {
    if (imageId === '0-3') stop()
    await sleep(20)
    return ready
  })
  t.ok(started.length <= 5, `${started.length} started`)
  t.equal(results.length, started.length)
  t.equal(inProgress, 0)
})

t.test('stops after 20 failures in a row', async (t) => {
  const { started, error } = await run(pagesOf(100), () => Promise.reject(new Error('unavailable')))
  t.equal(error, 'Stopped after 20 failures in a row.')
  t.ok(started.length < 25)
})

t.test('an error of the listing is thrown after the images in progress are complete', async (t) => {
  async function* broken(): AsyncGenerator<CandidatePage> {
    yield* pagesOf(2)
    throw new Error('the catalog is unavailable')
  }
  const { results, error, inProgress } = await run(broken(), () => sleep(20, ready))
  t.equal(error, 'the catalog is unavailable')
  t.strictSame([results.length, inProgress], [2, 0])
})
