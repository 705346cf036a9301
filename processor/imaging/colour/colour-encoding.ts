/** CIE 1931 x and y of the primaries and of white. */
export interface Chromaticities {
  red: readonly [x: number, y: number]
  green: readonly [x: number, y: number]
  blue: readonly [x: number, y: number]
  white: readonly [x: number, y: number]
}

/** A function from a signal of 0 to 1 to linear light of 0 to 1, or one of the HDR curves of ITU-R BT.2100. */
export type Transfer = ((signal: number) => number) | 'pq' | 'hlg'

/** The encoding of an image's colours as numbers. */
export interface ColourEncoding {
  primaries: Chromaticities
  transfer: Transfer
  /** Whether 0 is black. Otherwise, black is 16 and white 235, of 8 bits. */
  fullRange: boolean
  /** The brightest pixel of a PQ image in cd/m². */
  peakNits?: number
}
