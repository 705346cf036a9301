import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeApng } from '../../../../scripts/testkit/images/make-apng.ts'
import { pngChunk } from '../../../../scripts/testkit/images/make-blank-png.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
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
  t.equal(await firstPixel(await makeApng({ ...size, frames })), '00ff00', 'which can be its picture')
  const small = await makeApng({ ...size, hidden: '#ff0000', frames, offset: 4 })
  t.equal(await firstPixel(small), 'ff0000', 'unless that frame is smaller than the canvas')
})

test('a PNG that needs no change is given to the decoder as it is', async (t) => {
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

test('a wrong checksum stays a sign of damage', async (t) => {
  const png = makePng(claimWindow(0x18))
  png[png.length - 14] = (png.at(-14) ?? 0) ^ 1
  await t.rejects(decode(png), { name: 'Rejection', reason: 'image_corrupt' }, 'of the chunk')
  const pixels = claimWindow(0x18)
  pixels[pixels.length - 1] = (pixels.at(-1) ?? 0) ^ 1
  await t.rejects(decode(makePng(pixels)), { name: 'Rejection', reason: 'image_corrupt' }, 'of the pixels')
})

test('a damaged PNG causes no error but a rejection', async (t) => {
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
