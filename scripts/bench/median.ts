export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** The median of one quantity over all rounds. */
export function medianOf<Sample>(samples: Sample[], quantity: (sample: Sample) => number): number {
  return median(samples.map(quantity))
}

/** The median of each round's ratio, which varies less than the ratio of two medians. */
export function medianRatio<Sample>(
  samples: Sample[],
  base: Sample[],
  quantity: (sample: Sample) => number,
): number {
  return median(samples.map((sample, round) => quantity(sample) / quantity(base[round] ?? sample)))
}
