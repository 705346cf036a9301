import type { CandidatePage } from '../../core/catalog/reprocess-candidates.ts'
import { printTable } from '../bench/print-table.ts'
import { printEndingSoon } from './print-summary.ts'

/** Prints the number of images by day and tenant. */
export async function countCandidates(
  pages: AsyncIterable<CandidatePage>,
  signal: AbortSignal,
): Promise<void> {
  const counts = new Map<string, number>()
  let [scannedCount, endingSoon] = [0, 0]
  for await (const page of pages) {
    scannedCount += page.scannedCount
    endingSoon += page.endingSoon
    for (const { tenant, generation } of page.images) {
      const group = `${generation} ${tenant}`
      counts.set(group, (counts.get(group) ?? 0) + 1)
    }
    if (signal.aborted) break
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total > 0) {
    printTable({
      title: 'Images to reprocess',
      head: ['day and tenant', 'images'],
      rows: [...counts].sort(([a], [b]) => (a < b ? 1 : -1)),
      notes: [],
    })
  }
  console.log(`${scannedCount} examined\n${total} would be reprocessed`)
  printEndingSoon(endingSoon)
}
