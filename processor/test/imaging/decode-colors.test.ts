import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sharp } from 'sharp'
import { test } from 'tap'
import type { AcceptedContentType } from '../../../core/images/formats.ts'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { makeAdobeRgbProfile } from '../../../scripts/testkit/images/make-icc-profile.ts'
import { makeTiff } from '../../../scripts/testkit/images/make-tiff.ts'
import { colourChunk, insertChunks } from '../../../scripts/testkit/images/tag-png.ts'
import { decodeImage } from '../../imaging/decode-image.ts'
import { sharp } from '../../imaging/decoder.ts'

type Color = [red: number, green: number, blue: number]

const { deps } = createStepDeps()
const box = { width: 64, height: 64, fit: 'inside' } as const
const colors: Color[] = [
  [200, 30, 30],
  [40, 160, 70],
  [60, 70, 200],
  [128, 128, 128],
]

async function decodeColor(bytes: Buffer, contentType: AcceptedContentType): Promise<number[]> {
  const { data, channels, width } = await decodeImage(
    await inspectedWork(bytes, contentType, deps),
    box,
    deps.limits,
  )
  const middle = (8 * width + 8) * channels
  return [...data.subarray(middle, middle + channels)]
}

test('wide-gamut colours are converted to sRGB', async (t) => {
  const adobe = join(t.testdir(), 'adobe-rgb.icc')
  await writeFile(adobe, makeAdobeRgbProfile())
  for (const profile of ['p3', adobe]) {
    let furthest = 0
    for (const color of colors) {
      const bytes = await paint(color).withIccProfile(profile).png().toBuffer()
      const stored = [...(await sharp(bytes, { ignoreIcc: true }).raw().toBuffer())].slice(0, 3)
      furthest = Math.max(furthest, distance(stored, color))
      const decoded = await decodeColor(bytes, 'image/png')
      t.ok(distance(decoded, color) <= 3, `${profile}: ${color} is stored as ${stored}, shown as ${decoded}`)
    }
    t.ok(furthest > 12, `${profile}: the stored numbers are others`)
  }
})

test('Adobe RGB is converted according to its specification', async (t) => {
  const linear = [200, 30, 30].map((value) => (value / 255) ** (563 / 256)) as Color
  const expected = toSrgb(linear)
  const bytes = await sharp({ create: { width: 16, height: 16, channels: 3, background: '#c81e1e' } })
    .png()
    .toBuffer()
  const tagged = insertChunks(bytes, colourChunk.iCCP(makeAdobeRgbProfile()))
  const decoded = await decodeColor(tagged, 'image/png')
  t.ok(distance(decoded, expected) <= 2, `${decoded} for ${expected.map(Math.round)}`)
})

test('sRGB is decoded in every storage format', async (t) => {
  for (const color of colors) {
    const cases: [name: string, AcceptedContentType, Promise<Buffer> | Buffer, tolerance: number][] = [
      ['16-bit PNG', 'image/png', paint(color).toColourspace('rgb16').png().toBuffer(), 0],
      ['palette PNG', 'image/png', paint(color).png({ palette: true }).toBuffer(), 0],
      ['lossless WebP', 'image/webp', paint(color).webp({ lossless: true }).toBuffer(), 0],
      ['GIF', 'image/gif', paint(color).gif().toBuffer(), 0],
      ['TIFF', 'image/tiff', paint(color).tiff({ compression: 'lzw' }).toBuffer(), 0],
      [
        '16-bit TIFF by hand',
        'image/tiff',
        makeTiff({ width: 16, height: 16, bits: 16, pixels: deep(color) }),
        1,
      ],
      ['JPEG', 'image/jpeg', paint(color).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), 2],
      ['AVIF', 'image/avif', paint(color).avif({ quality: 90, effort: 0 }).toBuffer(), 6],
    ]
    for (const [name, contentType, bytes, tolerance] of cases) {
      const decoded = await decodeColor(await bytes, contentType)
      t.ok(distance(decoded, color) <= tolerance, `${name}: ${color} as ${decoded}`)
    }
  }
})

test('printable CMYK colours are converted to sRGB', async (t) => {
  for (const color of colors.filter(([, , blue]) => blue < 200)) {
    const bytes = await paint(color).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    const decoded = await decodeColor(bytes, 'image/jpeg')
    t.ok(decoded.length === 3 && distance(decoded, color) <= 30, `${color} as ${decoded}`)
  }
})

test('alpha is unchanged', async (t) => {
  const clear = sharp({
    create: { width: 16, height: 16, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } },
  })
  const cases: [AcceptedContentType, Promise<Buffer>][] = [
    ['image/png', clear.clone().png().toBuffer()],
    ['image/png', clear.clone().toColourspace('rgb16').png().toBuffer()],
    ['image/webp', clear.clone().webp({ lossless: true }).toBuffer()],
    ['image/tiff', clear.clone().tiff({ compression: 'deflate' }).toBuffer()],
    ['image/avif', clear.clone().avif({ quality: 100, effort: 0 }).toBuffer()],
  ]
  for (const [contentType, bytes] of cases) {
    const decoded = await decodeColor(await bytes, contentType)
    t.ok(distance(decoded, [200, 30, 30, 128]) <= 4, `${contentType}: ${decoded}`)
  }
})

function paint([red, green, blue]: Color): Sharp {
  const background = `rgb(${red},${green},${blue})`
  return sharp({ create: { width: 16, height: 16, channels: 3, background } })
}

function deep(color: Color): Buffer {
  return Buffer.from(Uint16Array.from({ length: 16 * 16 * 3 }, (_, at) => (color[at % 3] ?? 0) * 257).buffer)
}

function distance(a: number[], b: number[]): number {
  return Math.max(...b.map((value, index) => Math.abs(value - (a[index] ?? Number.NaN))))
}

/** Converts linear Adobe RGB to sRGB. Both have the white D65. Source: Adobe RGB (1998) 4.3.6; IEC 61966-2-1. */
function toSrgb([red, green, blue]: Color): Color {
  const linear = [1.39836 * red - 0.39836 * green, green, -0.04293 * green + 1.04293 * blue]
  const encode = (value: number) => (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)
  return linear.map((value) => Math.min(255, Math.max(0, 255 * encode(value)))) as Color
}
