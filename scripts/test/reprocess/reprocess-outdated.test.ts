import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { OutdatedPage } from '../../../core/catalog/outdated-images.ts'
import { LeaseLost } from '../../../core/errors.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import type { Done } from '../../../processor/pipeline/stages.ts'
import { reprocessOutdated } from '../../reprocess/reprocess-outdated.ts'

const image = (imageId: string): ImageRef => ({ tenant: 'local', imageId, generation: '20261122' })

async function* pagesOf(...sizes: number[]): AsyncGenerator<OutdatedPage> {
  for (const [page, size] of sizes.entries()) {
    const images = Array.from({ length: size }, (_, index) => image(`${page}-${index}`))
    yield { images, endingSoon: 0, scannedCount: size + 1 }
  }
}

const ready: Done = { outcome: 'ready' }

/** Runs, and notes all that happens. */
async function run(
  pages: AsyncIterable<OutdatedPage>,
  reprocess: (image: ImageRef, stop: () => void) => Promise<Done>,
  concurrency = 2,
) {
  const controller = new AbortController()
  const noted = { begun: [] as string[], ends: [] as [string, string][], scannedCount: 0, most: 0 }
  let underWay = 0
  const ended = reprocessOutdated(pages, {
    concurrency,
    signal: controller.signal,
    onPage: (page) => {
      noted.scannedCount += page.scannedCount
    },
    onEnd: ({ imageId }, { outcome }) => noted.ends.push([imageId, outcome]),
    reprocess: async (one) => {
      noted.begun.push(one.imageId)
      noted.most = Math.max(noted.most, ++underWay)
      await sleep(1)
      return reprocess(one, () => controller.abort()).finally(() => underWay--)
    },
  })
  const error = await ended.then(
    () => undefined,
    (reason: Error) => reason.message,
  )
  return { ...noted, error, underWay }
}

t.test('every image of every page, so many at a time', async (t) => {
  const { begun, ends, scannedCount, most } = await run(pagesOf(5, 0, 1, 4), async () => ready, 3)
  t.equal(new Set(begun).size, 10)
  t.equal(ends.filter(([, outcome]) => outcome === 'ready').length, 10)
  t.strictSame([scannedCount, most], [14, 3])
})

t.test('what goes wrong with one is told, and the others go on', async (t) => {
  const { ends, error } = await run(pagesOf(4), async ({ imageId }) => {
    if (imageId === '0-1') throw new LeaseLost('busy')
    if (imageId === '0-2') throw new Error('our bug')
    return ready
  })
  t.strictSame(Object.fromEntries(ends), { '0-0': 'ready', '0-1': 'busy', '0-2': 'failed', '0-3': 'ready' })
  t.equal(error, undefined)
})

t.test('interrupted, it begins no more, and ends what it has begun', async (t) => {
  const { begun, ends, underWay } = await run(pagesOf(10, 10), async ({ imageId }, stop) => {
    if (imageId === '0-3') stop()
    await sleep(20)
    return ready
  })
  t.ok(begun.length <= 5, `${begun.length} begun`)
  t.equal(ends.length, begun.length)
  t.equal(underWay, 0)
})

t.test('one failure after another is no matter of images', async (t) => {
  const { begun, error } = await run(pagesOf(100), () => Promise.reject(new Error('away')))
  t.equal(error, '20 in a row failed: it was given up.')
  t.ok(begun.length < 25)
})

t.test('a list that breaks off ends it, when what was begun is done', async (t) => {
  async function* broken(): AsyncGenerator<OutdatedPage> {
    yield* pagesOf(2)
    throw new Error('the catalog is away')
  }
  const { ends, error, underWay } = await run(broken(), () => sleep(20, ready))
  t.equal(error, 'the catalog is away')
  t.strictSame([ends.length, underWay], [2, 0])
})
