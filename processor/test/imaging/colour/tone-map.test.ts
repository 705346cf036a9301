import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { colorDifference, toSrgb } from '../../../../scripts/testkit/images/color-difference.ts'
import { colourChunk, insertChunks } from '../../../../scripts/testkit/images/tag-png.ts'
import { bt2020Primaries } from '../../../imaging/colour/chromaticities.ts'
import { createToneMap } from '../../../imaging/colour/tone-map.ts'
import { pqToNits } from '../../../imaging/colour/transfers.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { sharp } from '../../../imaging/decoder.ts'

const { deps } = createStepDeps()
const pq = { primaries: bt2020Primaries, transfer: 'pq', fullRange: true } as const
const hlg = { ...pq, transfer: 'hlg' } as const

/** ITU-R BT.2408, table 1: signals of reference levels, in percent, and their cd/m². */
const referenceLevels = [
  [38, 26],
  [58, 203],
  [75, 983],
] as const

test('PQ is decoded according to BT.2100', (t) => {
  for (const [percent, nits] of referenceLevels) {
    t.ok(Math.abs(pqToNits(percent / 100) / nits - 1) < 0.03, `${percent} % is ${pqToNits(percent / 100)}`)
  }
  t.equal(pqToNits(0), 0)
  t.equal(Math.round(pqToNits(1)), 10_000)
  t.end()
})

/**
 * Greys by method A of BT.2446-1 by hand: for 100 cd/m² of 1,000, Y' is 0.1^(1/2.4) = 0.3831, Y'p = ln(1 + 12.26 Y') / ln(13.26) =
 * 0.6735, Y'c = 1.077 Y'p = 0.7254, and Y'sdr = (5.697^Y'c - 1) / 4.697 = 0.5392.
 */
test('greys follow method A of BT.2446', (t) => {
  const cases = [
    [10, 0.2441],
    [100, 0.5392],
    [203, 0.6857],
    [1_000, 1],
    [4_000, 1],
  ] as const
  for (const [nits, signal] of cases) {
    const shown = createToneMap(pq)(grey(nitsToPq(nits)))
    for (const channel of shown) {
      t.ok(Math.abs(channel - signal ** 2.4) < 0.003, `${nits} cd/m²: ${channel}, expected ${signal ** 2.4}`)
    }
  }
  t.end()
})

test('HLG and PQ of the same light give the same colours', (t) => {
  // BT.2408, table 1: diffuse white, and 18 % grey.
  for (const [hlgSignal, pqSignal] of [
    [0.75, 0.58],
    [0.38, 0.38],
  ] as const) {
    const [a, b] = [createToneMap(hlg)(grey(hlgSignal)), createToneMap(pq)(grey(pqSignal))].map(toSrgb)
    t.ok(colorDifference(a ?? [], b ?? []) < 2, `${hlgSignal}: ${a} and ${b}`)
  }
  t.end()
})

test('the tone map is monotonic, and no value is out of range', (t) => {
  for (const encoding of [pq, hlg, { ...pq, peakNits: 400 }, { ...pq, peakNits: 4_000 }]) {
    const toneMap = createToneMap(encoding)
    let last = -1
    for (let signal = 0; signal <= 1; signal += 1 / 256) {
      const [red, green, blue] = toneMap(grey(signal))
      t.ok(green >= last - 1e-9 && green <= 1, `${signal}: ${green}`)
      t.ok(Math.abs(red - green) < 1e-3 && Math.abs(blue - green) < 1e-3, `${signal} is grey`)
      last = green
    }
    t.ok(last > 0.99, 'the brightest signal is white')
  }
  t.end()
})

test('a file that states its peak brightness uses the whole range', (t) => {
  const signal = grey(nitsToPq(400))
  const [unknown, dim, bright] = [pq, { ...pq, peakNits: 400 }, { ...pq, peakNits: 4_000 }].map(
    (encoding) => createToneMap(encoding)(signal)[1],
  )
  t.ok(Number(dim) > 0.99 && Number(dim) > Number(unknown) && Number(unknown) > Number(bright))
  t.end()
})

test('colours that are too bright keep their hue', (t) => {
  const [red, green, blue] = createToneMap(pq)([nitsToPq(6_000), nitsToPq(1_500), nitsToPq(150)])
  t.ok(red > 0.99 && green < 0.6 && blue < 0.1, `orange, not yellow: ${[red, green, blue]}`)
  t.end()
})

test('LittleCMS converts HDR images according to the tone map', async (t) => {
  const levels = [0.05, 0.2, 0.37, 0.51, 0.66, 0.9]
  const signals = levels.flatMap((red) =>
    levels.flatMap((green) => levels.map((blue) => [red, green, blue] as const)),
  )
  const size = { width: signals.length, height: 1 }
  const pixels = Uint16Array.from(signals.flat(), (signal) => Math.round(signal * 65_535))
  const png = await sharp(pixels, { raw: { ...size, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer()
  for (const [code, encoding] of [
    [16, pq],
    [18, hlg],
  ] as const) {
    const work = await inspectedWork(insertChunks(png, colourChunk.cICP(9, code)), 'image/png', deps)
    const { data } = await decodeImage(work, { ...size, fit: 'inside' }, deps.limits)
    const toneMap = createToneMap(encoding)
    const differences = signals.map((signal, index) =>
      colorDifference([...data.subarray(index * 3, index * 3 + 3)], toSrgb(toneMap(signal))),
    )
    const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length
    t.ok(Math.max(...differences) < 6, `transfer ${code}: ${Math.max(...differences)} at most`)
    t.ok(mean < 1, `transfer ${code}: ${mean} on average`)
  }
})

/** By bisection, so that it depends only on `pqToNits`. */
function nitsToPq(nits: number): number {
  let [low, high] = [0, 1]
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2
    if (pqToNits(middle) < nits) low = middle
    else high = middle
  }
  return low
}

function grey(signal: number): [number, number, number] {
  return [signal, signal, signal]
}
