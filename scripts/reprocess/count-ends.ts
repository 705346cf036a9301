import type { OutdatedPage } from '../../core/catalog/outdated-images.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { End } from './reprocess-outdated.ts'

export type EndCounts = ReturnType<typeof countEnds>

/** Keeps count for the progress and the summary, and tells on stderr what went otherwise than wished. */
export function countEnds() {
  const counts = new Map<End['outcome'], number>()
  let [scannedCount, endingSoon] = [0, 0]

  function onEnd({ tenant, imageId }: ImageRef, end: End): void {
    counts.set(end.outcome, of(end.outcome) + 1)
    const why = 'message' in end ? end.message : 'reason' in end ? end.reason : undefined
    if (why) console.error(`${tenant} ${imageId}: ${end.outcome}: ${why}`)
  }

  function onPage(page: OutdatedPage): void {
    scannedCount += page.scannedCount
    endingSoon += page.endingSoon
  }

  const of = (outcome: End['outcome']) => counts.get(outcome) ?? 0
  return { onEnd, onPage, of, scannedCount: () => scannedCount, endingSoon: () => endingSoon }
}
