import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import type { AcceptedContentType } from '../../../../core/images/formats.ts'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { toSrgb } from '../../../../scripts/testkit/images/color-difference.ts'
import {
  exifItem,
  imir,
  irot,
  makeGrid,
  makeHeic,
  takeApart,
} from '../../../../scripts/testkit/images/make-heic.ts'
import { bt2020Primaries } from '../../../imaging/colour/chromaticities.ts'
import { createToneMap } from '../../../imaging/colour/tone-map.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { type Box, type Frame, openFrame, toFrame } from '../../../imaging/frame.ts'
import { box, ispe, type WrittenItem } from '../../../imaging/heif/write-heif.ts'
import { readPhotoFacts } from '../../../imaging/read-photo-facts.ts'
import { heicFiles, quadrantSize, quarterColors, readHeicFile } from './heic-files.ts'

const { deps } = createStepDeps()
const frameBox: Box = { width: 2048, height: 2048, fit: 'inside' }

async function decode(bytes: Buffer, contentType: AcceptedContentType = 'image/heic', box = frameBox) {
  return decodeImage(await inspectedWork(bytes, contentType, deps), box, deps.limits)
}

/** The picture of the fixtures as an item, whose boxes `transforms` turn it. */
function pictureItem(id: number, transforms: Buffer[] = [], name = 'quadrants.heic'): WrittenItem {
  const { hvcC, data } = takeApart(readHeicFile(name))
  const { width, height } = name === 'quadrants.heic' ? quadrantSize : { width: 64, height: 64 }
  return { id, type: 'hvc1', data, properties: [ispe(width, height), hvcC, ...transforms] }
}

const [topLeft, topRight, bottomLeft] = quarterColors
/** Levels by which a colour may differ: YCbCr has 8 bits, and some files are compressed with loss. */
const rounding = 4
const loss = 6
type Quarters = readonly (readonly number[])[]

test('8 and 10 bits, transparency and profiles are decoded to the colours that the file means', async (t) => {
  const cases: [file: string, tolerance: number, alpha?: number][] = [
    ['quadrants.heic', rounding],
    ['alpha.heic', rounding, 128],
    ['ten-bit.heic', loss],
    ['display-p3.heic', rounding],
    ['camera.heic', loss],
  ]
  for (const [file, tolerance, alpha] of cases) {
    const frame = await decode(readHeicFile(file))
    t.match(frame, { ...quadrantSize, channels: alpha === undefined ? 3 : 4 }, `${file}: size`)
    checkQuarters(t, frame, quarterColors, tolerance, file)
    if (alpha !== undefined) t.equal(quarterOf(frame, 0)[3], alpha, `${file}: alpha`)
  }
})

test('code points in an nclx box have the same effect as a profile', async (t) => {
  const { hvcC, data } = takeApart(readHeicFile('display-p3.heic'))
  const [displayP3, srgb] = [12, 13]
  const colr = box('colr', Buffer.from('nclx'), Buffer.from([0, displayP3, 0, srgb, 0, 6, 0x80]))
  const properties = [ispe(quadrantSize.width, quadrantSize.height), hvcC, colr]
  const file = makeHeic({ items: [{ id: 1, type: 'hvc1', data, properties }], primary: 1 })
  checkQuarters(t, await decode(file), quarterColors, rounding, 'Display P3')
})

test('10-bit HLG and PQ are tone-mapped as in other formats', async (t) => {
  const { hvcC, data } = takeApart(readHeicFile('ten-bit.heic'))
  const bt2020 = 9
  for (const [transfer, code] of [
    ['pq', 16],
    ['hlg', 18],
  ] as const) {
    const colr = box('colr', Buffer.from('nclx'), Buffer.from([0, bt2020, 0, code, 0, 6, 0x80]))
    const properties = [ispe(quadrantSize.width, quadrantSize.height), hvcC, colr]
    const file = makeHeic({ items: [{ id: 1, type: 'hvc1', data, properties }], primary: 1 })
    const map = createToneMap({ primaries: bt2020Primaries, transfer, fullRange: true })
    const expected = quarterColors.map((color) =>
      toSrgb(map([color[0] / 255, color[1] / 255, color[2] / 255])),
    )
    checkQuarters(t, await decode(file), expected, loss, transfer)
  }
})

test('the camera and the time are read from EXIF, and the location only with KEEP_LOCATION', async (t) => {
  const { exif } = await inspectedWork(readHeicFile('camera.heic'), 'image/heic', deps)
  const facts = { camera: { make: 'Apple', model: 'iPhone 15' }, takenAt: '2026-11-22T10:00:00' }
  t.strictSame(readPhotoFacts(exif, { keepLocation: false }), facts)
  const { location, ...others } = readPhotoFacts(exif, { keepLocation: true })
  t.strictSame(others, facts)
  t.match(location, { latitude: 52.516667, longitude: 13.4 })
})

test('a p3 variant keeps the colours of a Display P3 file, with their profile', async (t) => {
  const file = readHeicFile('display-p3.heic')
  const wide = await decode(file, 'image/heic', { ...frameBox, color: 'p3' })
  t.equal(wide.profile?.length, 480)
  t.strictNotSame(wide.data, (await decode(file)).data, 'the numbers are those of Display P3')
  const picture = openFrame(wide).withIccProfile('srgb').raw()
  const inSrgb = toFrame(await picture.toBuffer({ resolveWithObject: true }))
  checkQuarters(t, inSrgb, quarterColors, rounding, 'converted to sRGB')
})

test('premultiplied colours are divided by their alpha', async (t) => {
  const frame = await decode(readHeicFile('premultiplied.heic'))
  checkQuarters(t, frame, [topLeft, topRight, bottomLeft, [255, 255, 255]], rounding, 'premultiplied')
})

test('image/heif is accepted for the same files as image/heic', async (t) => {
  checkQuarters(
    t,
    await decode(readHeicFile('quadrants.heic'), 'image/heif'),
    quarterColors,
    rounding,
    'image/heif',
  )
})

test('all combinations of rotation and mirroring become upright', async (t) => {
  for (const quarters of [0, 1, 2, 3]) {
    for (const axis of [undefined, 0, 1]) {
      const transforms = [irot(quarters), ...(axis === undefined ? [] : [imir(axis)])]
      const frame = await decode(makeHeic({ items: [pictureItem(1, transforms)], primary: 1 }))
      const name = `${quarters} quarters, mirrored on ${axis}`
      const [long, short] = [quadrantSize.width, quadrantSize.height]
      const size = quarters % 2 ? { width: short, height: long } : { width: long, height: short }
      t.match(frame, size, name)
      checkQuarters(t, frame, mirror(turn(quarterColors, quarters), axis), rounding, name)
    }
  }
})

test('an EXIF orientation does not turn the image, with and without an irot box', async (t) => {
  const { exif } = await inspectedWork(readHeicFile('camera.heic'), 'image/heic', deps)
  t.equal((await sharp(await withExif(exif)).metadata()).orientation, 6, 'the fixture has an orientation')
  const tiff = exif ?? Buffer.alloc(0)
  for (const transforms of [[], [irot(3)]]) {
    const file = makeHeic({
      items: [pictureItem(1, transforms), { id: 2, type: 'Exif', data: exifItem(tiff) }],
      references: [{ type: 'cdsc', from: 2, to: [1] }],
      primary: 1,
    })
    const work = await inspectedWork(file, 'image/heic', deps)
    t.ok(work.exif, 'the EXIF is found')
    const frame = await decodeImage(work, frameBox, deps.limits)
    checkQuarters(
      t,
      frame,
      turn(quarterColors, transforms.length * 3),
      rounding,
      `${transforms.length} boxes`,
    )
  }
})

test('a grid is assembled from its tiles, as iPhones write it', async (t) => {
  const [red, lime] = [readHeicFile('red.heic'), readHeicFile('lime.heic')]
  const file = makeGrid([red, lime, lime, red], 64, 2, { width: 120, height: 100 })
  const frame = await decode(file)
  t.match(frame, { width: 120, height: 100 }, 'the last column and row are cut')
  checkQuarters(t, frame, [topLeft, topRight, topRight, topLeft], loss, 'grid')
})

test('the primary image of a burst is shown, regardless of its position', async (t) => {
  const items = [
    pictureItem(1, [], 'red.heic'),
    pictureItem(2, [], 'lime.heic'),
    pictureItem(3, [], 'red.heic'),
  ]
  const frame = await decode(makeHeic({ items, primary: 2 }))
  checkQuarters(t, frame, Array(4).fill([0, 255, 0]), loss, 'burst')
})

test('a video behind the photo, as in motion photos, is ignored', async (t) => {
  const video = Buffer.concat([Buffer.from([0, 0, 3, 240]), Buffer.from('mpvd'), Buffer.alloc(1_000, 7)])
  const frame = await decode(Buffer.concat([readHeicFile('quadrants.heic'), video]))
  checkQuarters(t, frame, quarterColors, rounding, 'motion photo')
})

test('libheif for WebAssembly decodes what heif-convert decodes', async (t) => {
  if (spawnSync('heif-convert', ['--help']).error) {
    t.pass('not run: heif-convert of the Debian package libheif-examples is not installed')
    return
  }
  for (const file of ['quadrants.heic', 'ten-bit.heic', 'camera.heic', 'red.heic']) {
    const png = join(t.testdir(), 'reference.png')
    execFileSync('heif-convert', [join(heicFiles, file), png], { stdio: 'ignore' })
    const reference = await sharp(png).removeAlpha().toColourspace('srgb').raw().toBuffer()
    const { data } = await decode(readHeicFile(file))
    const worst = reference.reduce((max, value, at) => Math.max(max, Math.abs(value - (data[at] ?? 0))), 0)
    t.equal(data.length, reference.length, `${file}: size`)
    t.ok(worst <= 8, `${file}: the largest difference of a channel is ${worst}`)
  }
})

/** Turns the quarters anti-clockwise. */
function turn(quarters: Quarters, times: number): Quarters {
  if (times === 0) return quarters
  const [a = [], b = [], c = [], d = []] = quarters
  return turn([b, d, a, c], times - 1)
}

/** Swaps top and bottom (0) or left and right (1). */
function mirror(quarters: Quarters, axis: number | undefined): Quarters {
  const [a = [], b = [], c = [], d = []] = quarters
  if (axis === undefined) return quarters
  return axis === 0 ? [c, d, a, b] : [b, a, d, c]
}

function checkQuarters(t: Test, frame: Frame, wanted: Quarters, tolerance: number, name: string): void {
  const found = [0, 1, 2, 3].map((quarter) => quarterOf(frame, quarter).slice(0, 3))
  const differences = found.flatMap((color, quarter) =>
    color.map((value, channel) => Math.abs(value - (wanted[quarter]?.[channel] ?? -999))),
  )
  t.ok(Math.max(...differences) <= tolerance, `${name}: ${JSON.stringify(found)}`, { wanted })
}

/** The pixel in the middle of a quarter. */
function quarterOf({ data, width, height, channels }: Frame, quarter: number): number[] {
  const x = Math.floor(width * (quarter % 2 ? 0.75 : 0.25))
  const y = Math.floor(height * (quarter < 2 ? 0.25 : 0.75))
  const at = (y * width + x) * channels
  return [...data.subarray(at, at + channels)]
}

/** A JPEG with this EXIF, so that another reader can read it. */
async function withExif(exif: Buffer | undefined): Promise<Buffer> {
  const blank = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  const jpeg = await blank.jpeg().toBuffer()
  const content = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif ?? Buffer.alloc(0)])
  const segment = Buffer.from([0xff, 0xe1, (content.length + 2) >> 8, (content.length + 2) & 255])
  return Buffer.concat([jpeg.subarray(0, 2), segment, content, jpeg.subarray(2)])
}
