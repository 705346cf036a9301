import t from 'tap'
import { createReprocessCandidates } from '../../catalog/reprocess-candidates.ts'
import type { ScanQuery } from '../../catalog/scan-candidates.ts'

const nowMs = Date.UTC(2026, 10, 22, 10)
const unused = () => Promise.reject(new Error('unexpected call'))

t.test('for one tenant, every day on which an unexpired image may have been created is read', async (t) => {
  const days: string[] = []
  const { listCandidates } = createReprocessCandidates({
    scanCandidates: unused,
    listDay: async ({ day }) => {
      days.push(day)
      return { records: [] }
    },
    retentionSeconds: 2 * 86_400,
    now: () => nowMs,
  })
  for await (const _ of listCandidates({ criterion: 'failed', tenant: 'local', readUnitsPerSecond: 1 }));
  t.strictSame(days, ['2026-11-22', '2026-11-21', '2026-11-20'])
})

t.test('a scan continues where the previous page ended and keeps to the rate', async (t) => {
  const queries: ScanQuery[] = []
  const pauses: number[] = []
  const { createReprocessCandidates: createPausing } = await t.mockImport<
    typeof import('../../catalog/reprocess-candidates.ts')
  >('../../catalog/reprocess-candidates.ts', {
    'node:timers/promises': { setTimeout: async (ms: number) => void pauses.push(ms) },
  })
  const { listCandidates } = createPausing({
    listDay: unused,
    scanCandidates: async (query) => {
      queries.push(query)
      const next = queries.length < 3 ? { pk: String(queries.length) } : undefined
      return { images: [], scannedCount: 100, readUnits: 25, next }
    },
    retentionSeconds: 86_400,
    now: () => nowMs,
  })
  let scannedCount = 0
  for await (const page of listCandidates({ criterion: 'failed', day: '2026-11-22', readUnitsPerSecond: 50 }))
    scannedCount += page.scannedCount
  t.equal(scannedCount, 300)
  t.strictSame(
    queries.map(({ startAt }) => startAt),
    [undefined, { pk: '1' }, { pk: '2' }],
  )
  t.match(queries[0], { criterion: 'failed', generation: '20261122', nowMs })
  t.strictSame(pauses, [500, 500], '25 units at 50 per second')
})
