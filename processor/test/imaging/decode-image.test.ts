import { readFile } from 'node:fs/promises'
import { test } from 'tap'
import { type AcceptedContentType, acceptedFormats } from '../../../core/images/formats.ts'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { makeBlankPng } from '../../../scripts/testkit/images/make-blank-png.ts'
import { type EncodableFormat, encodeAs, makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { decodeImage } from '../../imaging/decode-image.ts'
import { sharp } from '../../imaging/decoder.ts'

const { deps } = createStepDeps()
const box = { width: 2048, height: 2048, fit: 'inside' } as const

async function decode(bytes: Buffer, contentType: AcceptedContentType) {
  return decodeImage(await inspectedWork(bytes, contentType, deps), box, deps.limits)
}

test('all eight orientations become upright, in every format that has them', async (t) => {
  const corners = {
    topLeft: [255, 0, 0],
    topRight: [0, 255, 0],
    bottomLeft: [0, 0, 255],
    bottomRight: [255, 255, 255],
  }
  const upright = await drawQuarters(corners, 64, 32)
  for (const format of ['png', 'jpeg', 'webp', 'tiff', 'avif'] as const) {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const stored = await turnAway(upright, orientation, format)
      const frame = await decode(stored, acceptedFormats[format])
      t.match(frame, { width: 64, height: 32 }, `${format}, orientation ${orientation}: size`)
      const seen = {
        topLeft: pixelAt(frame, 8, 8),
        topRight: pixelAt(frame, 56, 8),
        bottomLeft: pixelAt(frame, 8, 24),
        bottomRight: pixelAt(frame, 56, 24),
      }
      // Lossy formats are right to a few levels.
      const rounded = Object.entries(seen).map(([corner, pixel]) => [corner, pixel.map(toNearestEnd)])
      t.strictSame(Object.fromEntries(rounded), corners, `${format}, orientation ${orientation}: pixels`)
    }
  }
})

test('grey becomes three channels', async (t) => {
  const grey = await sharp(Buffer.alloc(256, 77), { raw: { width: 16, height: 16, channels: 1 } })
    .png()
    .toBuffer()
  const frame = await decode(grey, 'image/png')
  t.strictSame([frame.channels, ...pixelAt(frame, 3, 3)], [3, 77, 77, 77])
})

test('colour conversion and rotation give the same result after shrinking as before', async (t) => {
  const photo = await readFile(new URL('../photos/stream-baseline.jpg', import.meta.url))
  const wide = await sharp(photo).withMetadata({ orientation: 6 }).withIccProfile('p3').toBuffer()
  for (const [name, bytes] of Object.entries({
    'a profile and a turn': wide,
    'with alpha': await sharp(wide).resize(900).ensureAlpha(0.5).keepMetadata().png().toBuffer(),
  })) {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .resize(300, 300, { fit: 'inside' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const contentType = name === 'with alpha' ? 'image/png' : 'image/jpeg'
    const work = await inspectedWork(bytes, contentType, deps)
    const frame = await decodeImage(work, { width: 300, height: 300, fit: 'inside' }, deps.limits)
    t.match(frame, { width: info.width, height: info.height, channels: info.channels }, name)
    t.ok(meanDifference(frame.data, data) < 1, `${name}: ${meanDifference(frame.data, data)} levels of 255`)
  }
  const work = await inspectedWork(wide, 'image/jpeg', deps)
  const crop = await decodeImage(work, { width: 200, height: 100, fit: 'cover' }, deps.limits)
  t.match(crop, { width: 200, height: 100 }, 'a crop is that of the upright picture')
})

test('an animation is decoded to its first frame', async (t) => {
  const pages = await Promise.all(['#ff0000', '#0000ff'].map((colour) => drawPlain(colour)))
  for (const format of ['gif', 'webp'] as const) {
    const animation = await sharp(pages, { join: { animated: true } })
      .toFormat(format, { lossless: true })
      .toBuffer()
    const frame = await decode(animation, `image/${format}`)
    t.match(frame, { width: 16, height: 16 }, format)
    t.strictSame(pixelAt(frame, 8, 8).slice(0, 3), [255, 0, 0], format)
  }
})

test('a decode that takes too long is aborted', async (t) => {
  const slow = makeBlankPng(60_000, 60_000)
  const limits = { ...deps.limits, maxInputPixels: 4_000_000_000, decodeTimeoutSeconds: 1 }
  const work = await inspectedWork(slow, 'image/png', { ...deps, limits })
  await t.rejects(decodeImage(work, box, limits), { name: 'Rejection', reason: 'processing_timeout' })
})

test('a JPEG with a warning that viewers ignore is accepted, and a damaged one is not', async (t) => {
  const jpeg = await makeImage('jpeg')
  const padded = Buffer.concat([jpeg.subarray(0, -2), Buffer.from([0, 0, 0]), jpeg.subarray(-2)])
  t.match(await decode(padded, 'image/jpeg'), { width: 320 }, 'extraneous bytes before the end marker')

  const damaged = Buffer.from(jpeg)
  damaged.fill(0xff, jpeg.length >> 1, (jpeg.length >> 1) + 500)
  await t.rejects(decode(damaged, 'image/jpeg'), { name: 'Rejection', reason: 'image_corrupt' })
})

function drawPlain(background: string): Promise<Buffer> {
  return sharp({ create: { width: 16, height: 16, channels: 3, background } })
    .png()
    .toBuffer()
}

async function drawQuarters(
  corners: Record<string, number[]>,
  width: number,
  height: number,
): Promise<Buffer> {
  const { topLeft, topRight, bottomLeft, bottomRight } = corners
  const data = Buffer.from([topLeft, topRight, bottomLeft, bottomRight].flatMap((colour) => colour ?? []))
  return sharp(data, { raw: { width: 2, height: 2, channels: 3 } })
    .resize(width, height, { kernel: 'nearest', fit: 'fill' })
    .png()
    .toBuffer()
}

/** Stores the image the way in which a camera would that writes this orientation. Source: EXIF 2.3, tag 0x0112. */
async function turnAway(upright: Buffer, orientation: number, format: EncodableFormat): Promise<Buffer> {
  const quarterTurns = [0, 0, 0, 180, 180, 90, 270, 270, 90][orientation] ?? 0
  const mirrored = [2, 4, 5, 7].includes(orientation)
  const turned = await sharp(upright).rotate(quarterTurns).png().toBuffer()
  return encodeAs(format, sharp(turned).flop(mirrored).withMetadata({ orientation }))
}

/** Rounds levels near 0 or 255 to these values, and keeps all others. */
function toNearestEnd(level: number): number {
  if (level < 24) return 0
  return level > 231 ? 255 : level
}

function meanDifference(some: Buffer, others: Buffer): number {
  return some.reduce((sum, byte, at) => sum + Math.abs(byte - (others[at] ?? 0)), 0) / some.length
}

function pixelAt(frame: { data: Buffer; width: number; channels: number }, x: number, y: number): number[] {
  const at = (y * frame.width + x) * frame.channels
  return [...frame.data.subarray(at, at + frame.channels)]
}
