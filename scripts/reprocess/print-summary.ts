import type { VariantSpec } from '../../core/images/variants.ts'
import type { EndCounts } from './count-ends.ts'
import type { End } from './reprocess-outdated.ts'

const sentences: [outcome: End['outcome'], sentence: string][] = [
  ['ready', 'made again'],
  ['already finished', 'were already up to date'],
  ['expired', 'had expired'],
  ['not uploaded', 'no longer have an original and stay unchanged'],
  ['unchanged', 'cannot be reprocessed with these settings and stay unchanged'],
  ['busy', 'are being worked on: run it again later'],
  ['failed', 'failed: run it again'],
]

/** @returns the exit code: 0 when nothing is left that another run could do */
export function printSummary(counts: EndCounts): number {
  console.log(`${counts.scannedCount()} looked at`)
  for (const [outcome, sentence] of sentences) {
    if (counts.of(outcome) > 0 || outcome === 'ready') console.log(`${counts.of(outcome)} ${sentence}`)
  }
  printEndingSoon(counts.endingSoon())
  return counts.of('busy') + counts.of('failed') > 0 ? 1 : 0
}

export function printEndingSoon(images: number): void {
  if (images > 0) console.log(`${images} have less than a day left, and are left as they are`)
}

/** So that an operator sees what will be made, before it is. */
export function printRecipe(recipe: string, variants: readonly VariantSpec[]): void {
  const names = variants.map(({ name, width, height, fit, format, animated }) => {
    return `${name} ${width}×${height} ${fit} ${format}${animated ? ' animated' : ''}`
  })
  console.log(`Recipe ${recipe}: ${names.join(', ')}`)
}
