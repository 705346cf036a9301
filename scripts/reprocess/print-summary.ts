import type { VariantSpec } from '../../core/images/variants.ts'
import type { OutcomeCounts } from './count-outcomes.ts'
import type { Outcome } from './reprocess-all.ts'

const sentences: [outcome: Outcome['outcome'], sentence: string][] = [
  ['ready', 'reprocessed'],
  ['already finished', 'were already up to date'],
  ['rejected', 'were rejected'],
  ['must run alone', 'were retried elsewhere meanwhile: run the command again later'],
  ['expired', 'had expired'],
  ['not uploaded', 'no longer have an original and stay unchanged'],
  ['unchanged', 'cannot be reprocessed with these settings and stay unchanged'],
  ['busy', 'are being processed elsewhere: run the command again later'],
  ['failed', 'failed: run the command again'],
]

/** @returns the exit code: 0 unless another run could reprocess more images */
export function printSummary(counts: OutcomeCounts): number {
  console.log(`${counts.scannedCount()} examined`)
  for (const [outcome, sentence] of sentences) {
    if (counts.of(outcome) > 0 || outcome === 'ready') console.log(`${counts.of(outcome)} ${sentence}`)
  }
  printEndingSoon(counts.endingSoon())
  return counts.of('busy') + counts.of('failed') > 0 ? 1 : 0
}

export function printEndingSoon(images: number): void {
  if (images > 0) console.log(`${images} expire within a day and were skipped`)
}

/** Prints the variant table, so that the operator can check it before the first image is reprocessed. */
export function printRecipe(recipe: string, variants: readonly VariantSpec[]): void {
  const names = variants.map(({ name, width, height, fit, format, animated }) => {
    return `${name} ${width}×${height} ${fit} ${format}${animated ? ' animated' : ''}`
  })
  console.log(`Recipe ${recipe}: ${names.join(', ')}`)
}
