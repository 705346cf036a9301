import type { Chromaticities } from './colour-encoding.ts'

const d65 = [0.3127, 0.329] as const
const illuminantC = [0.31, 0.316] as const

export const srgbPrimaries = primaries([0.64, 0.33], [0.3, 0.6], [0.15, 0.06], d65)
export const bt2020Primaries = primaries([0.708, 0.292], [0.17, 0.797], [0.131, 0.046], d65)

/** ITU-T H.273, table 2, without BT.709, which sRGB shares. */
export const primariesByCode: Readonly<Record<number, Chromaticities>> = {
  4: primaries([0.67, 0.33], [0.21, 0.71], [0.14, 0.08], illuminantC),
  5: primaries([0.64, 0.33], [0.29, 0.6], [0.15, 0.06], d65),
  6: primaries([0.63, 0.34], [0.31, 0.595], [0.155, 0.07], d65),
  7: primaries([0.63, 0.34], [0.31, 0.595], [0.155, 0.07], d65),
  8: primaries([0.681, 0.319], [0.243, 0.692], [0.145, 0.049], illuminantC),
  9: bt2020Primaries,
  10: primaries([1, 0], [0, 1], [0, 0], [1 / 3, 1 / 3]),
  11: primaries([0.68, 0.32], [0.265, 0.69], [0.15, 0.06], [0.314, 0.351]),
  12: primaries([0.68, 0.32], [0.265, 0.69], [0.15, 0.06], d65),
  22: primaries([0.63, 0.34], [0.295, 0.605], [0.155, 0.077], d65),
}

type Point = readonly [x: number, y: number]

function primaries(red: Point, green: Point, blue: Point, white: Point): Chromaticities {
  return { red, green, blue, white }
}
