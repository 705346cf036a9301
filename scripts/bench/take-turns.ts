interface TurnOptions {
  rounds: number
  /** Only the first three rounds may begin after this time. */
  budgetSeconds: number
}

const fewestRounds = 3

/**
 * Measures all variants in turn for several rounds, so that other load on the machine affects all of them alike.
 * Every other round runs backwards, so that no variant always follows the same one.
 * @returns one sample per round for each variant, in order
 */
export async function takeTurns<Variant extends string, Sample>(
  variants: readonly Variant[],
  { rounds, budgetSeconds }: TurnOptions,
  measure: (variant: Variant) => Promise<Sample>,
): Promise<Record<Variant, Sample[]>> {
  const none = variants.map((variant) => [variant, []])
  const samples: Record<Variant, Sample[]> = Object.fromEntries(none)
  const endsAt = performance.now() + budgetSeconds * 1000
  for (let round = 0; round < rounds; round++) {
    if (round >= fewestRounds && performance.now() > endsAt) break
    for (const variant of round % 2 ? variants.toReversed() : variants) {
      samples[variant].push(await measure(variant))
    }
    showProgress(`round ${round + 1} of ${rounds}`)
  }
  showProgress('')
  return samples
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
