import { bt2020Primaries, srgbPrimaries } from './chromaticities.ts'
import type { ColourEncoding } from './colour-encoding.ts'
import { apply, rgbToRgb, type Vector } from './matrices.ts'
import { hlgToScene, pqToNits } from './transfers.ts'

type Map3 = (rgb: Vector) => Vector

const bt2020ToSrgb = rgbToRgb(bt2020Primaries, srgbPrimaries)

/** cd/m². 1,000 is the nominal peak of HLG and of ungraded PQ in ITU-R BT.2408; 203 is its diffuse white. */
const nominalPeakNits = 1_000
const leastPeakNits = 203
const sdrNits = 100

const lumaOf = ([red, green, blue]: Vector) => 0.2627 * red + 0.678 * green + 0.0593 * blue

/**
 * A function from PQ or HLG signals, 0 to 1, to linear sRGB, 0 to 1: method A of ITU-R BT.2446-1, 4.2, whose output is BT.2020 for a
 * display with a gamma of 2.4, reduced to sRGB. Colours that are too bright before or after it are dimmed rather than clipped, so
 * that they keep their hue.
 */
export function createToneMap({ primaries, transfer, peakNits = nominalPeakNits }: ColourEncoding): Map3 {
  const peak = transfer === 'hlg' ? nominalPeakNits : Math.min(10_000, Math.max(leastPeakNits, peakNits))
  const toLight: Map3 =
    transfer === 'hlg' ? hlgToLight : (signal) => map(signal, (one) => pqToNits(one) / peak)
  const toBt2020 = rgbToRgb(primaries, bt2020Primaries)
  const compress = createLumaCurve(peak)
  return (signal) => {
    const light = dim(apply(toBt2020, toLight(signal)))
    const shown = compress(map(light, (one) => one ** (1 / 2.4)))
    return dim(
      apply(
        bt2020ToSrgb,
        map(shown, (one) => Math.max(0, one) ** 2.4),
      ),
    )
  }
}

/** HLG on a display of 1,000 cd/m², whose system gamma is 1.2; 1 is the peak. Source: ITU-R BT.2100, table 5. */
function hlgToLight(signal: Vector): Vector {
  const scene = map(signal, hlgToScene)
  const gain = lumaOf(scene) ** 0.2
  return map(scene, (one) => one * gain)
}

/** Steps 2 to 5 of method A, from HDR R'G'B' to SDR R'G'B'. */
function createLumaCurve(peakNits: number): Map3 {
  const hdr = 1 + 32 * (peakNits / 10_000) ** (1 / 2.4)
  const sdr = 1 + 32 * (sdrNits / 10_000) ** (1 / 2.4)
  return (rgb) => {
    const luma = lumaOf(rgb)
    if (luma === 0) return rgb
    const perceptual = Math.log(1 + (hdr - 1) * luma) / Math.log(hdr)
    const mapped = (sdr ** knee(perceptual) - 1) / (sdr - 1)
    const colourScale = mapped / (1.1 * luma)
    const blue = (colourScale * (rgb[2] - luma)) / 1.8814
    const red = (colourScale * (rgb[0] - luma)) / 1.4746
    const mappedLuma = mapped - Math.max(0.1 * red, 0)
    return [
      mappedLuma + 1.4746 * red,
      mappedLuma - 0.16455 * blue - 0.57135 * red,
      mappedLuma + 1.8814 * blue,
    ]
  }
}

function knee(luma: number): number {
  if (luma <= 0.7399) return 1.077 * luma
  if (luma < 0.9909) return -1.151 * luma ** 2 + 2.7811 * luma - 0.6302
  return 0.5 * luma + 0.5
}

function map([first, second, third]: Vector, change: (value: number) => number): Vector {
  return [change(first), change(second), change(third)]
}

/** Dims a colour that is brighter than 1 as a whole, and clips channels below 0 one by one. */
function dim(rgb: Vector): Vector {
  const brightest = Math.max(1, ...rgb)
  return map(rgb, (one) => Math.max(0, one) / brightest)
}
