import { orientations, type Picture, readPicture, scalePicture, turnPicture } from './picture.ts'

/** The longest side at which pictures are compared. Smaller ones are compared pixel by pixel. */
export const comparedSide = 512

/** The largest accepted mean ΔE76. Decoders and scaling differ by less; a missed colour profile by more. */
export const mostDeltaE = 3

export interface Difference {
  /** Mean ΔE76 over all pixels, on white or on black, whichever is larger. */
  deltaE: number
  /** Set when the picture matches the reference only in another orientation, such as `mirrored, turned 90°`. */
  orientation?: string
}

/** Compares an encoded variant with a picture of the whole image, which is first scaled to the variant's size. */
export async function comparePictures(variant: Buffer, reference: Picture): Promise<Difference> {
  const shown = await readPicture(variant)
  const deltaE = meanDeltaE(shown, await scalePicture(reference, shown))
  if (deltaE <= mostDeltaE) return { deltaE }
  for (const orientation of orientations.slice(1)) {
    const turned = await turnPicture(reference, orientation)
    const afterTurn = meanDeltaE(shown, await scalePicture(turned, shown))
    if (afterTurn > Math.min(mostDeltaE, deltaE / 2)) continue
    const { mirrored, degrees } = orientation
    const found = [mirrored && 'mirrored', degrees > 0 && `turned ${degrees}°`].filter(Boolean)
    return { deltaE, orientation: found.join(', ') }
  }
  return { deltaE }
}

function meanDeltaE(one: Picture, other: Picture): number {
  return Math.max(...[0, 255].map((ground) => meanDeltaEOn(ground, one, other)))
}

function meanDeltaEOn(ground: number, one: Picture, other: Picture): number {
  const count = one.width * one.height
  let sum = 0
  for (let at = 0; at < count * 4; at += 4) {
    const [l1, a1, b1] = labOf(one.pixels, at, ground)
    const [l2, a2, b2] = labOf(other.pixels, at, ground)
    sum += Math.hypot(l1 - l2, a1 - a2, b1 - b2)
  }
  return sum / count
}

const linear = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
})

/** CIELAB under D65 of a pixel on a grey ground. Source: IEC 61966-2-1, CIE 15. */
function labOf(pixels: Buffer, at: number, ground: number): [l: number, a: number, b: number] {
  const alpha = (pixels[at + 3] ?? 255) / 255
  const on = (channel: number) =>
    linear[Math.round((pixels[at + channel] ?? 0) * alpha + ground * (1 - alpha))] ?? 0
  const [red, green, blue] = [on(0), on(1), on(2)]
  const x = curve((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
  const y = curve(0.2126729 * red + 0.7151522 * green + 0.072175 * blue)
  const z = curve((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

function curve(share: number): number {
  return share > 216 / 24_389 ? Math.cbrt(share) : ((24_389 / 27) * share + 16) / 116
}
