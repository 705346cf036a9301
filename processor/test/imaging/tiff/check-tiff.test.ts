import type { TiffOptions } from 'sharp'
import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { drawPicture } from '../../../../scripts/testkit/hostile/draw-picture.ts'
import { makeTiff, type TiffTags } from '../../../../scripts/testkit/images/make-tiff.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'

const { deps } = createStepDeps()
const size = { width: 16, height: 16 }
const box = { width: 100, height: 100, fit: 'inside' } as const

async function decode(tiff: Buffer) {
  return decodeImage(await inspectedWork(tiff, 'image/tiff', deps), box, deps.limits)
}

async function firstPixel(tiff: Buffer): Promise<number[]> {
  return [...(await decode(tiff)).data.subarray(0, 3)]
}

test('every compression that the decoder supports is decoded, in strips and tiles', async (t) => {
  const kinds: TiffOptions[] = [
    ...(['none', 'lzw', 'deflate', 'packbits', 'jpeg', 'webp'] as const).map((compression) => ({
      compression,
    })),
    { compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 },
    { compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 },
    { compression: 'deflate', bigtiff: true },
  ]
  const picture = drawPicture()
  const pixels = await picture.clone().raw().toBuffer()
  for (const kind of kinds) {
    const { data } = await decode(
      await picture
        .clone()
        .tiff({ ...kind, quality: 95 })
        .toBuffer(),
    )
    const difference =
      data.reduce((sum, byte, at) => sum + Math.abs(byte - (pixels[at] ?? 0)), 0) / data.length
    t.ok(data.length === pixels.length && difference < 8, `${JSON.stringify(kind)}: ${difference} levels`)
  }
  const fax = await picture
    .clone()
    .toColourspace('b-w')
    .tiff({ compression: 'ccittfax4', bitdepth: 1 })
    .toBuffer()
  t.match(await decode(fax), { width: 96, height: 64 })
})

test('compressions that the decoder does not support are named', async (t) => {
  const cases = [
    [6, 'old-style JPEG'],
    [34_712, 'JPEG 2000'],
    [34_887, 'LERC'],
    [34_925, 'LZMA'],
    [50_000, 'Zstandard'],
    [12_345, 'method 12345'],
  ] as const
  for (const [compression, name] of cases) {
    await t.rejects(decode(makeTiff({ ...size, tags: { 259: compression } })), {
      reason: 'pixel_format_unsupported',
      message: `The TIFF is compressed with ${name}, which is not accepted. Export the image as JPEG or PNG, or as a TIFF with LZW or ZIP compression.`,
    })
  }
})

test('bit depths that the decoder cannot read are named', async (t) => {
  const grey = { ...size, channels: 1, photometric: 1 }
  for (const bits of [3, 6, 10, 12, 14, 24]) {
    await t.rejects(decode(makeTiff({ ...grey, tags: { 258: bits } })), {
      reason: 'pixel_format_unsupported',
      message: `The TIFF has a bit depth of ${bits} per channel, which is not accepted. Export the image as JPEG or PNG, or as a TIFF with 8 or 16 bits per channel.`,
    })
  }
  for (const bits of [1, 2, 4, 6, 10, 12]) {
    const message = new RegExp(`bit depth of ${bits} per channel`)
    await t.rejects(decode(makeTiff({ ...size, tags: { 258: bits } })), {
      reason: 'pixel_format_unsupported',
      message,
    })
  }
  await t.rejects(decode(makeTiff({ ...size, channels: 2, tags: { 258: [5, 6] } })), {
    reason: 'pixel_format_unsupported',
    message: /bit depth of 5, 6/,
  })
  for (const bits of [1, 2, 4, 8]) {
    t.match(await decode(makeTiff({ ...grey, tags: { 258: bits } })), size, `grey of ${bits} bits`)
  }
})

test('colour models that the decoder cannot read, or takes for RGB, are named', async (t) => {
  const cases: [tags: TiffTags, name: string][] = [
    [{ 262: 4 }, 'a transparency mask'],
    [{ 262: 8 }, 'CIELab'],
    [{ 262: 9 }, 'ICCLab'],
    [{ 262: 32_845 }, 'LogLuv'],
    [{ 262: 6, 530: [1, 1] }, 'YCbCr'],
  ]
  for (const [tags, name] of cases) {
    await t.rejects(decode(makeTiff({ ...size, tags })), {
      reason: 'pixel_format_unsupported',
      message: `The TIFF stores its pixels as ${name}, which is not accepted. Export the image as JPEG or PNG, or as a TIFF in RGB with 8 or 16 bits per channel.`,
    })
  }
})

test('subsampled YCbCr is converted to RGB', async (t) => {
  // Blocks of 2×2 pixels: four of Y, one of Cb and one of Cr. 76, 85, 255 is red.
  const pixels = Buffer.alloc((16 * 16 * 6) / 4, Buffer.from([76, 76, 76, 76, 85, 255]))
  const tiff = makeTiff({ ...size, pixels, photometric: 6, tags: { 530: [2, 2] } })
  const [red = 0, green = 255, blue = 255] = await firstPixel(tiff)
  t.ok(red > 250 && green < 5 && blue < 5, `${red}, ${green}, ${blue}`)
})

test('separate planes are accepted only where the decoder interleaves them', async (t) => {
  const planar = { 284: 2 }
  const refusal = {
    reason: 'pixel_format_unsupported',
    message:
      'The TIFF stores each channel separately (planar), which is not accepted. Export the image as JPEG or PNG, or as a TIFF with interleaved channels.',
  }
  const greyAndAlpha = { ...size, channels: 2, photometric: 1 }
  await t.rejects(decode(makeTiff({ ...greyAndAlpha, tags: { ...planar, 338: 2 } })), refusal)
  const tiled = { ...planar, 322: 16, 323: 16, 324: 8, 325: 100 }
  await t.rejects(decode(makeTiff({ ...size, tags: tiled })), refusal)
  const grey = makeTiff({ ...size, channels: 1, photometric: 1, tags: planar })
  t.match(await decode(grey), size, 'one channel has nothing to interleave')
})

test('an image with extra channels is refused at once', async (t) => {
  const masks: { channels: number; photometric?: number; tags?: TiffTags }[] = [
    { channels: 5, tags: { 338: [0, 0] } },
    { channels: 8 },
    { channels: 3, photometric: 1, tags: { 338: [0, 0] } },
  ]
  for (const mask of masks) {
    await t.rejects(decode(makeTiff({ ...size, ...mask })), {
      reason: 'pixel_format_unsupported',
      message: `The image has ${mask.channels} channels. Export it without extra channels, such as masks and spot colours.`,
    })
  }
})

test('a truncated TIFF is damaged, not unsupported', async (t) => {
  const tiff = makeTiff({ ...size, pixels: Buffer.alloc(16 * 16 * 3, 200) })
  for (let length = 8; length < tiff.length; length += 7) {
    await t.rejects(decode(tiff.subarray(0, length)), { reason: 'image_corrupt', message: /damaged/ })
  }
})
