/**
 * Measures all variants in turn, again and again, so that whatever else the machine does falls on all of them alike.
 * Every other round runs backwards: no variant always follows the same one.
 * @returns for each variant one sample a round, in order
 */
export async function takeTurns<Variant extends string, Sample>(
  variants: readonly Variant[],
  rounds: number,
  measure: (variant: Variant) => Promise<Sample>,
): Promise<Record<Variant, Sample[]>> {
  const samples = Object.fromEntries(variants.map((variant) => [variant, []])) as unknown as Record<
    Variant,
    Sample[]
  >
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 ? variants.toReversed() : variants) {
      samples[variant].push(await measure(variant))
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${rounds} `)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return samples
}
