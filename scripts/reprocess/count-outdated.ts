import type { OutdatedPage } from '../../core/catalog/outdated-images.ts'
import { printTable } from '../bench/print-table.ts'
import { printEndingSoon } from './print-summary.ts'

/** Says how many images are out of date, by day and tenant, and changes nothing. */
export async function countOutdated(pages: AsyncIterable<OutdatedPage>, signal: AbortSignal): Promise<void> {
  const counts = new Map<string, number>()
  let [scannedCount, endingSoon] = [0, 0]
  for await (const page of pages) {
    scannedCount += page.scannedCount
    endingSoon += page.endingSoon
    for (const { tenant, generation } of page.images) {
      const place = `${generation} ${tenant}`
      counts.set(place, (counts.get(place) ?? 0) + 1)
    }
    if (signal.aborted) break
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total > 0) {
    printTable({
      title: 'Out of date',
      head: ['day and tenant', 'images'],
      rows: [...counts].sort(([a], [b]) => (a < b ? 1 : -1)),
      notes: [],
    })
  }
  console.log(`${scannedCount} looked at\n${total} would be made again`)
  printEndingSoon(endingSoon)
}
