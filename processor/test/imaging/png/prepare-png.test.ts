import { randomBytes } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import type { Sharp } from 'sharp'
import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeApng } from '../../../../scripts/testkit/images/make-apng.ts'
import { pngChunk } from '../../../../scripts/testkit/images/make-blank-png.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { colourChunk, insertChunks } from '../../../../scripts/testkit/images/tag-png.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { preparePng } from '../../../imaging/png/prepare-png.ts'

const { deps } = createStepDeps()
const box = { width: 2_048, height: 2_048, fit: 'inside' } as const
const size = { width: 20, height: 10 }

async function decode(png: Buffer) {
  return decodeImage(await inspectedWork(png, 'image/png', deps), box, deps.limits)
}

const firstPixel = async (png: Buffer) => (await decode(png)).data.toString('hex', 0, 3)

test('an animated PNG is shown by its first frame', async (t) => {
  const frames = ['#00ff00', '#0000ff']
  t.equal(
    await firstPixel(await makeApng({ ...size, hidden: '#ff0000', frames })),
    '00ff00',
    'not by its picture',
  )
  t.equal(
    await firstPixel(await makeApng({ ...size, frames })),
    '00ff00',
    'the first frame can be the picture',
  )
})

test('ancillary chunks with a wrong checksum are ignored, as in browsers', async (t) => {
  const create = { width: 4, height: 4, channels: 3, background: '#604080' } as const
  const png = await sharp({ create }).png().toBuffer()
  const damage = (chunk: Buffer) =>
    Buffer.concat([chunk.subarray(0, -1), Buffer.from([~(chunk.at(-1) ?? 0)])])
  for (const chunk of [colourChunk.gAMA(1), colourChunk.cICP(9, 16), pngChunk('tRNS', Buffer.alloc(6))]) {
    const type = chunk.toString('latin1', 4, 8)
    t.equal(await firstPixel(insertChunks(png, damage(chunk))), '604080', type)
  }
  t.not(await firstPixel(insertChunks(png, colourChunk.gAMA(1))), '604080', 'a sound gAMA counts')
})

test('a first frame that is smaller than the canvas is shown on a transparent one', async (t) => {
  const frames = ['#00c800', '#0000ff']
  const options = { ...size, hidden: '#ff0000', frames, offset: 4 }
  const depths: [name: string, change: (picture: Sharp) => Sharp, color: number[]][] = [
    ['8 bits', (picture) => picture, [0, 200, 0, 255]],
    ['16 bits', (picture) => picture.toColourspace('rgb16'), [0, 200, 0, 255]],
    ['alpha', (picture) => picture.ensureAlpha(0.5), [0, 200, 0, 128]],
    ['grey', (picture) => picture.toColourspace('b-w'), [172, 172, 172, 255]],
  ]
  for (const [name, change, color] of depths) {
    const png = await makeApng({ ...options, change })
    const { hasAlpha, ...work } = await inspectedWork(png, 'image/png', deps)
    t.match({ hasAlpha, ...work }, { ...size, hasAlpha: true }, `${name}: header`)
    const { data, channels, ...frame } = await decodeImage({ hasAlpha, ...work }, box, deps.limits)
    const pixel = (x: number, y: number) => [...data.subarray((y * size.width + x) * 4).subarray(0, 4)]
    t.match({ channels, ...frame }, { ...size, channels: 4 }, `${name}: size`)
    t.same([pixel(3, 9)[3], pixel(19, 3)[3]], [0, 0], `${name}: around the frame`)
    for (const [x, y] of [
      [4, 4],
      [19, 9],
    ] as const) {
      const worst = Math.max(...pixel(x, y).map((value, at) => Math.abs(value - (color[at] ?? 0))))
      t.ok(worst <= 2, `${name}: ${pixel(x, y)}`)
    }
  }
})

test('the colours of a first frame on a canvas are those that the file describes', async (t) => {
  const png = await makeApng({ ...size, hidden: '#ff0000', frames: ['#408040'], offset: 4 })
  const linear = insertChunks(png, colourChunk.gAMA(1))
  const { data } = await decodeImage(await inspectedWork(linear, 'image/png', deps), box, deps.limits)
  const [red = 0, green = 0] = data.subarray((9 * size.width + 19) * 4)
  t.ok(Math.abs(red - 137) <= 2 && Math.abs(green - 188) <= 2, `gamma 1: ${red}, ${green}`)
})

test('a frame that exceeds the canvas is not shown', async (t) => {
  const png = await makeApng({ ...size, hidden: '#ff0000', frames: ['#00ff00'], offset: 4 })
  const at = png.indexOf('fcTL')
  png.writeUInt32BE(5, at + 16)
  png.writeUInt32BE(crc32(png.subarray(at, at + 30)), at + 30)
  t.equal(await firstPixel(png), 'ff0000')
})

test('a PNG that needs no change is passed to the decoder unchanged', async (t) => {
  const png = await makeImage('png')
  t.equal(preparePng(png).bytes, png)
  // For small pixels, libpng claims a small window.
  const apng = await makeApng({ width: 200, height: 100, frames: ['#00ff00', '#0000ff'] })
  t.equal(preparePng(apng).bytes, apng)
})

// Rows of 900 bytes, of which the 21st repeats the first: 18,020 bytes apart, in a window of 32 KiB.
const rows = Array.from({ length: 20 }, () => Buffer.concat([Buffer.alloc(1), randomBytes(900)]))
const repeated = Buffer.concat([...rows, ...rows, ...rows])
const compressed = deflateSync(repeated, { level: 9 })

/** @param method the first byte of the compressed pixels: the window's size, and 8 */
function claimWindow(method: number): Buffer {
  const data = Buffer.from(compressed)
  data.writeUInt16BE((method << 8) + 31 - ((method << 8) % 31))
  return data
}

function makePng(...pixels: Buffer[]): Buffer {
  const header = Buffer.from('0000012c0000003c0802000000', 'hex')
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...pixels.map((data) => pngChunk('IDAT', data)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

test('a window that is larger than the file claims is accepted', async (t) => {
  for (const method of [0x08, 0x18, 0x58]) {
    const claimed = claimWindow(method)
    const halves = [claimed.subarray(0, 5_000), claimed.subarray(5_000)]
    for (const png of [makePng(claimed), makePng(...halves)]) {
      const { data, width } = await decode(png)
      t.equal(width, 300)
      const expected = Buffer.concat([...rows, ...rows, ...rows].map((row) => row.subarray(1)))
      t.ok(data.equals(expected), `0x${method.toString(16)}`)
    }
  }
})

test('a wrong checksum still counts as damage', async (t) => {
  const png = makePng(claimWindow(0x18))
  png[png.length - 14] = (png.at(-14) ?? 0) ^ 1
  await t.rejects(decode(png), { name: 'Rejection', reason: 'image_corrupt' }, 'of the chunk')
  const pixels = claimWindow(0x18)
  pixels[pixels.length - 1] = (pixels.at(-1) ?? 0) ^ 1
  await t.rejects(decode(makePng(pixels)), { name: 'Rejection', reason: 'image_corrupt' }, 'of the pixels')
})

test('a damaged PNG causes a rejection, never another error', async (t) => {
  const apng = await makeApng({ ...size, hidden: '#ff0000', frames: ['#00ff00', '#0000ff'] })
  for (const png of [apng, makePng(claimWindow(0x18)).subarray(0, 200)]) {
    for (let length = 0; length < png.length; length++) preparePng(png.subarray(0, length))
    for (let at = 8; at < png.length; at++) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const damaged = Buffer.from(png)
        damaged[at] = value
        preparePng(damaged)
      }
    }
  }
  await t.rejects(decode(apng.subarray(0, 75)), { name: 'Rejection', reason: 'image_corrupt' })
})
