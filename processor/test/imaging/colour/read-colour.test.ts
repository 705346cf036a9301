import { type Test, test } from 'tap'
import type { AcceptedContentType } from '../../../../core/images/formats.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import {
  colorDifference,
  multiply,
  toLinear,
  toSrgb,
} from '../../../../scripts/testkit/images/color-difference.ts'
import { makeAvif, takeStreams } from '../../../../scripts/testkit/images/make-avif.ts'
import { makeAdobeRgbProfile, makeGreyProfile } from '../../../../scripts/testkit/images/make-icc-profile.ts'
import { colourChunk, insertChunks } from '../../../../scripts/testkit/images/tag-png.ts'
import { wrapPixels } from '../../../imaging/colour/wrap-pixels.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { sharp } from '../../../imaging/decoder.ts'

const { cICP, iCCP, sRGB, gAMA, cHRM } = colourChunk
const { deps } = createStepDeps()
const side = 16
const colors = [
  [240, 30, 40],
  [40, 160, 70],
  [60, 70, 200],
  [240, 200, 120],
  [20, 12, 6],
  [128, 128, 128],
  [8, 8, 8],
]

type Convert = (stored: number[]) => number[]

/** Linear Adobe RGB, Display P3 and BT.2020 to linear sRGB. Source: CSS Color Module Level 4, 18. */
const adobeToSrgb = [
  [1.3983557, -0.3983557, 0],
  [0, 1, 0],
  [0, -0.0429289, 1.0429289],
]
const p3ToSrgb = [
  [1.2249402, -0.2249402, 0],
  [-0.0420569, 1.0420569, 0],
  [-0.0196376, -0.0786361, 1.0982735],
]
const bt2020ToSrgb = [
  [1.660491, -0.5876411, -0.0728499],
  [-0.1245505, 1.1328999, -0.0083494],
  [-0.0181508, -0.1005789, 1.1187297],
]
const p3Points = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06]
const srgbPoints = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06]

const same: Convert = (stored) => stored
const withGamma =
  (gamma: number, matrix?: number[][]): Convert =>
  (stored) => {
    const linear = stored.map((one) => (one / 255) ** gamma)
    return toSrgb(matrix ? multiply(matrix, linear) : linear)
  }
const fromP3: Convert = (stored) => toSrgb(multiply(p3ToSrgb, toLinear(stored)))
const fromBt2020: Convert = (stored) => toSrgb(multiply(bt2020ToSrgb, toLinear(stored)))

test('the profile of an image of 16 bits per channel is applied', async (t) => {
  const adobe = makeAdobeRgbProfile()
  const linear = makeAdobeRgbProfile(256)
  for (const color of colors) {
    const deep = paintDeep(color)
    const png = await deep.clone().png().toBuffer()
    const clear = await deep.clone().ensureAlpha(0.5).png().toBuffer()
    const tiff = makeTaggedTiff(color, adobe)
    const fromAdobe = withGamma(563 / 256, adobeToSrgb)
    await shows(t, 'PNG', insertChunks(png, iCCP(adobe)), color, fromAdobe)
    await shows(t, 'linear PNG', insertChunks(png, iCCP(linear)), color, withGamma(1, adobeToSrgb))
    await shows(t, 'TIFF', tiff, color, fromAdobe)
    const [, , , alpha] = await shows(t, 'RGBA', insertChunks(clear, iCCP(adobe)), color, fromAdobe)
    t.ok(Math.abs(Number(alpha) - 128) <= 1, `alpha is ${alpha}`)
    await shows(t, 'PNG of Display P3', insertChunks(png, iCCP(await takeProfile('p3'))), color, fromP3)
    await shows(t, 'TIFF of sRGB', makeTaggedTiff(color, await takeProfile('srgb')), color, same)
  }
})

test('the profile of 16-bit grey is applied', async (t) => {
  for (const level of [4, 24, 103, 240]) {
    const stored = [level, level, level]
    const png = await paintDeep(stored).toColourspace('grey16').png().toBuffer()
    await shows(t, 'gamma 1.0', insertChunks(png, iCCP(makeGreyProfile(256))), stored, withGamma(1))
    await shows(t, 'gamma 1.8', insertChunks(png, iCCP(makeGreyProfile(461))), stored, withGamma(461 / 256))
  }
})

test('an unreadable profile of 16-bit colours is ignored', async (t) => {
  const broken = makeAdobeRgbProfile()
  broken.fill(0xff, 128, 300)
  for (const color of colors) await shows(t, 'TIFF', makeTaggedTiff(color, broken), color, same)
})

test('the profile of an AVIF of 10 or 12 bits is applied', async (t) => {
  for (const bitdepth of [10, 12] as const) {
    for (const color of colors) {
      const avif = await paint(color)
        .avif({ bitdepth, quality: 100, chromaSubsampling: '4:4:4', effort: 0 })
        .toBuffer()
      const tagged = makeAvif({
        ...avifSize,
        bits: bitdepth,
        ...takeStreams(avif),
        profile: makeAdobeRgbProfile(),
      })
      await shows(t, `${bitdepth} bits`, tagged, color, withGamma(563 / 256, adobeToSrgb), 4)
    }
  }
})

test('the code points of an AVIF are applied, in 8, 10 and 12 bits', async (t) => {
  const cases: [name: string, primaries: number, transfer: number, Convert][] = [
    ['sRGB', 1, 13, same],
    ['Display P3', 12, 13, fromP3],
    ['BT.2020', 9, 14, fromBt2020],
    ['BT.709 is shown as sRGB', 1, 1, same],
    ['linear', 1, 8, withGamma(1)],
    ['gamma 2.2', 1, 4, withGamma(2.2)],
    ['gamma 2.8', 1, 5, withGamma(2.8)],
    ['unspecified', 2, 2, same],
  ]
  for (const bitdepth of [8, 10, 12] as const) {
    for (const color of colors) {
      const avif = await paint(color)
        .avif({ bitdepth, quality: 100, chromaSubsampling: '4:4:4', effort: 0 })
        .toBuffer()
      // This test does not cover the encoder's rounding.
      const stored = [...(await sharp(avif).raw().toBuffer()).subarray(0, 3)]
      for (const [name, primaries, transfer, convert] of cases) {
        const bytes = makeAvif({
          ...avifSize,
          bits: bitdepth,
          ...takeStreams(avif),
          nclx: { primaries, transfer },
        })
        await shows(t, `${name}, ${bitdepth} bits`, bytes, stored, convert, transfer === 8 ? 5 : 2)
      }
    }
  }
})

test('the profile of an AVIF takes precedence over its code points', async (t) => {
  const color = [200, 90, 60]
  const streams = takeStreams(
    await paint(color).avif({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
  )
  const options = { ...avifSize, ...streams, profile: makeAdobeRgbProfile() }
  const bytes = makeAvif({ ...options, nclx: { primaries: 9, transfer: 16 } })
  await shows(t, 'Adobe RGB', bytes, color, withGamma(563 / 256, adobeToSrgb))
})

test('the colour chunks of a PNG take precedence in the order of the specification', async (t) => {
  const adobe = iCCP(makeAdobeRgbProfile())
  const fromAdobe = withGamma(563 / 256, adobeToSrgb)
  const cases: [name: string, chunks: Buffer[], Convert][] = [
    ['nothing', [], same],
    ['gAMA', [gAMA(1)], withGamma(1)],
    ['gAMA near 1/2.2', [gAMA(0.45455)], same],
    ['gAMA and cHRM', [gAMA(0.45455), cHRM(...p3Points)], withGamma(2.2, p3ToSrgb)],
    ['cHRM and gAMA', [cHRM(...srgbPoints), gAMA(0.5)], withGamma(2)],
    ['cHRM alone', [cHRM(...p3Points)], same],
    ['cHRM that is a line', [gAMA(1), cHRM(0.3, 0.3, 0.1, 0.1, 0.2, 0.2, 0.4, 0.4)], withGamma(1)],
    ['sRGB before gAMA', [gAMA(1), cHRM(...p3Points), sRGB()], same],
    ['iCCP before gAMA', [gAMA(1), adobe], fromAdobe],
    ['cICP before iCCP', [cICP(12, 13), adobe], fromP3],
    ['cICP of sRGB before iCCP', [cICP(1, 13), adobe], same],
    ['cICP before sRGB', [sRGB(), cICP(9, 13)], fromBt2020],
    ['cICP of video', [cICP(1, 1)], withGamma(2.4)],
    ['cICP, linear', [cICP(1, 8)], withGamma(1)],
    ['cICP that is unspecified does not count', [cICP(2, 2), gAMA(1)], withGamma(1)],
    ['cICP of YCbCr does not count', [cICP(12, 13, 1), gAMA(1)], withGamma(1)],
    ['cICP of narrow range does not count', [cICP(12, 13, 0, 0), sRGB()], same],
  ]
  for (const color of colors) {
    const png = await paint(color).png().toBuffer()
    const deep = await paintDeep(color).png().toBuffer()
    for (const [name, chunks, convert] of cases) {
      await shows(t, `${name}, 8 bits`, insertChunks(png, ...chunks), color, convert)
      await shows(t, `${name}, 16 bits`, insertChunks(deep, ...chunks), color, convert)
    }
  }
})

test('orientation and crops are applied as for other images', async (t) => {
  const halves = await sharp(Buffer.from([255, 0, 0, 0, 0, 255]), {
    raw: { width: 2, height: 1, channels: 3 },
  })
    .resize(40, 20, { kernel: 'nearest', fit: 'fill' })
    .withMetadata({ orientation: 6 })
    .png()
    .toBuffer()
  const work = await inspectedWork(insertChunks(halves, gAMA(1)), 'image/png', deps)
  const frame = await decodeImage(work, { width: 20, height: 20, fit: 'cover' }, deps.limits)
  t.match(frame, { width: 20, height: 20, channels: 3 })
  t.strictSame([...frame.data.subarray(0, 3)], [255, 0, 0], 'the left side is on top')
  t.strictSame([...frame.data.subarray(-3)], [0, 0, 255], 'the right side is at the bottom')
})

const avifSize = { width: side, height: side }

/** Decodes an image of one colour. */
async function shows(
  t: Test,
  name: string,
  bytes: Buffer,
  stored: number[],
  convert: Convert,
  tolerance = 2,
): Promise<number[]> {
  const work = await inspectedWork(bytes, sniff(bytes), deps)
  const { data, channels, width } = await decodeImage(work, { ...avifSize, fit: 'inside' }, deps.limits)
  const at = ((side / 2) * width + side / 2) * channels
  const shown = [...data.subarray(at, at + channels)]
  const expected = convert(stored)
  const difference = colorDifference(shown, expected)
  t.ok(
    difference <= tolerance,
    `${name}: ${stored} is ${shown}, not ${expected.map(Math.round)}: ${difference}`,
  )
  return shown
}

function sniff(bytes: Buffer): AcceptedContentType {
  if (bytes[0] === 0x89) return 'image/png'
  return bytes.toString('latin1', 4, 8) === 'ftyp' ? 'image/avif' : 'image/tiff'
}

function paint([red, green, blue]: number[]) {
  return sharp({
    create: { width: side, height: side, channels: 3, background: `rgb(${red},${green},${blue})` },
  })
}

function paintDeep(color: number[]) {
  return sharp(fill(color), { raw: { width: side, height: side, channels: 3 } }).toColourspace('rgb16')
}

async function takeProfile(name: string): Promise<Buffer> {
  const tagged = await paint([0, 0, 0]).withIccProfile(name).png().toBuffer()
  const { icc } = await sharp(tagged).metadata()
  if (!icc) throw new Error(`sharp has no profile ${name}.`)
  return icc
}

function makeTaggedTiff(color: number[], profile: Buffer): Buffer {
  const data = Buffer.from(fill(color).buffer)
  return wrapPixels({ data, width: side, height: side, channels: 3, bits: 16 }, profile)
}

function fill(color: number[]): Uint16Array<ArrayBuffer> {
  return Uint16Array.from({ length: side * side * 3 }, (_, at) => (color[at % 3] ?? 0) * 257)
}
