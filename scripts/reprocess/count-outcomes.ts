import type { CandidatePage } from '../../core/catalog/reprocess-candidates.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import type { Outcome } from './reprocess-all.ts'

export type OutcomeCounts = ReturnType<typeof countOutcomes>

/** Counts outcomes for the progress and the summary, and prints the reasons of unsuccessful ones on stderr. */
export function countOutcomes() {
  const counts = new Map<Outcome['outcome'], number>()
  let [scannedCount, endingSoon] = [0, 0]

  function onOutcome({ tenant, imageId }: ImageRef, result: Outcome): void {
    counts.set(result.outcome, of(result.outcome) + 1)
    const reason = 'message' in result ? result.message : 'reason' in result ? result.reason : undefined
    if (reason) console.error(`${tenant} ${imageId}: ${result.outcome}: ${reason}`)
  }

  function onPage(page: CandidatePage): void {
    scannedCount += page.scannedCount
    endingSoon += page.endingSoon
  }

  const of = (outcome: Outcome['outcome']) => counts.get(outcome) ?? 0
  return { onOutcome, onPage, of, scannedCount: () => scannedCount, endingSoon: () => endingSoon }
}
