import type { Picture } from './picture.ts'

/** The grey that JPEG decoders fill in for missing data. Scaling changes it slightly. */
const filling = 128
const tolerance = 1

/** The share of rows at the bottom with the grey of missing data, from 0 to 1. */
export function findMissingRows({ width, height, pixels }: Picture): number {
  const isFilling = (row: number) =>
    pixels
      .subarray(row * width * 4, (row + 1) * width * 4)
      .every((value, at) => at % 4 === 3 || Math.abs(value - filling) <= tolerance)
  let missing = 0
  while (missing < height && isFilling(height - 1 - missing)) missing++
  return missing / height
}
