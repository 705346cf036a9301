import t from 'tap'
import { createOutdatedImages } from '../../catalog/outdated-images.ts'
import type { ReadyQuery } from '../../catalog/scan-ready.ts'

const nowMs = Date.UTC(2026, 10, 22, 10)
const unused = () => Promise.reject(new Error('nobody asked for it'))

t.test('the days on which a living image of a tenant may have been created', async (t) => {
  const days: string[] = []
  const { listOutdated } = createOutdatedImages({
    scanReady: unused,
    listDay: async ({ day }) => {
      days.push(day)
      return { records: [] }
    },
    retentionSeconds: 2 * 86_400,
    now: () => nowMs,
  })
  for await (const _ of listOutdated({ recipe: 'r', tenant: 'local', readUnitsPerSecond: 1 }));
  t.strictSame(days, ['2026-11-22', '2026-11-21', '2026-11-20'])
})

t.test(
  'who reads all goes on where the page before ended, and waits as long as its units demand',
  async (t) => {
    const asked: ReadyQuery[] = []
    const pauses: number[] = []
    const { createOutdatedImages: createPausing } = await t.mockImport<
      typeof import('../../catalog/outdated-images.ts')
    >('../../catalog/outdated-images.ts', {
      'node:timers/promises': { setTimeout: async (ms: number) => void pauses.push(ms) },
    })
    const { listOutdated } = createPausing({
      listDay: unused,
      scanReady: async (query) => {
        asked.push(query)
        const next = asked.length < 3 ? { pk: String(asked.length) } : undefined
        return { images: [], scannedCount: 100, readUnits: 25, next }
      },
      retentionSeconds: 86_400,
      now: () => nowMs,
    })
    let scannedCount = 0
    for await (const page of listOutdated({ recipe: 'r', day: '2026-11-22', readUnitsPerSecond: 50 }))
      scannedCount += page.scannedCount
    t.equal(scannedCount, 300)
    t.strictSame(
      asked.map(({ startAt }) => startAt),
      [undefined, { pk: '1' }, { pk: '2' }],
    )
    t.match(asked[0], { recipe: 'r', generation: '20261122', nowMs })
    t.strictSame(pauses, [500, 500], '25 units at 50 a second')
  },
)
