type Rgb = readonly number[]

/** CIE 15: ΔE76 of two sRGB colours of 0 to 255. About 1 is just visible. */
export function colorDifference(some: Rgb, other: Rgb): number {
  const [a, b] = [toLab(some), toLab(other)]
  return Math.hypot(...a.map((value, index) => value - (b[index] ?? Number.NaN)))
}

/** IEC 61966-2-1: from linear light of 0 to 1 to sRGB of 0 to 255; what is out of range is clipped. */
export function toSrgb(linear: readonly number[]): number[] {
  const encode = (value: number) => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)
  return linear.map((value) => 255 * encode(Math.min(1, Math.max(0, value))))
}

/** IEC 61966-2-1: from sRGB of 0 to 255 to linear light of 0 to 1. */
export function toLinear(srgb: readonly number[]): number[] {
  return srgb.map((byte) => {
    const value = byte / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
}

export function multiply(matrix: readonly Rgb[], vector: Rgb): number[] {
  return matrix.map((row) => row.reduce((sum, factor, index) => sum + factor * (vector[index] ?? 0), 0))
}

function toLab(srgb: Rgb): number[] {
  const xyz = multiply(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    toLinear(srgb.slice(0, 3)),
  )
  const root = (value: number) => (value > 216 / 24_389 ? Math.cbrt(value) : (value * 24_389) / 3132 + 4 / 29)
  const [x = 0, y = 0, z = 0] = xyz.map((value, index) => root(value / ([0.95047, 1, 1.08883][index] ?? 1)))
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}
