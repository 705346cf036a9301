import { readFile } from 'node:fs/promises'
import type { JpegOptions } from 'sharp'
import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { drawPicture } from '../../../../scripts/testkit/hostile/draw-picture.ts'
import {
  cutLastScan,
  endMarker,
  findMarkers,
  insertBefore,
  setBehind,
} from '../../../../scripts/testkit/images/edit-jpeg.ts'
import { decodeImage } from '../../../imaging/decode-image.ts'
import { prepareJpeg } from '../../../imaging/jpeg/prepare-jpeg.ts'

const { deps } = createStepDeps()
const stray = Buffer.alloc(18, 'stray')
const adobe = Buffer.from('\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01', 'latin1')
const jfif = Buffer.from('\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')
const afterStart = (jpeg: Buffer, bytes: Buffer) =>
  Buffer.concat([jpeg.subarray(0, 2), bytes, jpeg.subarray(2)])

type Edit = (jpeg: Buffer) => Buffer

const oddities: Record<string, Edit> = {
  none: (jpeg) => jpeg,
  'stray bytes before the quantisation tables': (jpeg) => insertBefore(jpeg, 0xdb, stray),
  'stray bytes before the Huffman tables': (jpeg) => insertBefore(jpeg, 0xc4, stray),
  'stray bytes before each scan': (jpeg) => insertBefore(jpeg, 0xda, stray),
  'stray bytes that look like stuffed data': (jpeg) =>
    insertBefore(jpeg, 0xdb, Buffer.from([0xff, 0, 1, 0xff, 0])),
  'an APP1 that is longer than its declared size': (jpeg) =>
    afterStart(jpeg, Buffer.from('\xff\xe1\0\x08Exif\0\0and more', 'latin1')),
  'JFIF 2.1': (jpeg) => setBehind(jpeg, 0xe0, 7, [2]),
  'an unknown transformation of Adobe': (jpeg) =>
    afterStart(withoutJfif(jpeg), setBehind(adobe, 0xee, 13, [7])),
  'bytes behind the end marker': (jpeg) => Buffer.concat([jpeg, stray]),
  'several oddities': (jpeg) => insertBefore(setBehind(jpeg, 0xe0, 7, [2]), 0xdb, stray),
}

const onlySequential: Record<string, Edit> = {
  'coefficients of a progressive scan': (jpeg) => setBehind(jpeg, 0xda, 9, [0, 0, 0]),
}

const endings: Record<string, Edit> = {
  'no end marker': (jpeg) => jpeg.subarray(0, -2),
  'half an end marker': (jpeg) => jpeg.subarray(0, -1),
  'zeros before the end marker': (jpeg) => insertBefore(jpeg, 0xd9, Buffer.alloc(20), 'last'),
}

const kinds = {
  baseline: { options: {}, edits: { ...oddities, ...onlySequential } },
  progressive: { options: { progressive: true }, edits: oddities },
}

test('an odd but complete JPEG is shown in full', async (t) => {
  for (const [kind, { options, edits }] of Object.entries(kinds)) {
    const jpeg = await drawJpeg(options)
    const pixels = await decode(jpeg)
    for (const [name, edit] of Object.entries({ ...edits, ...endings })) {
      t.ok((await decode(edit(jpeg))).equals(pixels), `${kind}: ${name}`)
    }
  }
})

test('an oddity does not hide damage', async (t) => {
  const cuts: Record<string, Edit> = {
    'half of the last scan, then an end marker': (jpeg) => cutLastScan(jpeg, 0.5),
    'ninety percent of it, then an end marker': (jpeg) => cutLastScan(jpeg, 0.9),
    'half of the last scan': (jpeg) => cutLastScan(jpeg, 0.5).subarray(0, -2),
    'ninety percent of it, then other bytes': (jpeg) =>
      Buffer.concat([cutLastScan(jpeg, 0.9), stray, endMarker]),
  }
  for (const [kind, { options, edits }] of Object.entries(kinds)) {
    const jpeg = await drawJpeg(options)
    for (const [name, edit] of Object.entries(edits)) {
      for (const [damage, cut] of Object.entries(cuts)) {
        const verdict = await decode(cut(edit(jpeg))).catch((error: unknown) => error)
        t.match(verdict, { name: 'Rejection', reason: 'image_corrupt' }, `${kind}: ${name}; ${damage}`)
      }
    }
  }
})

test('missing pixels in the last rows are detected, in images of any height', async (t) => {
  for (const height of [1, 4, 8, 16, 200]) {
    const jpeg = await drawPicture(200, height).jpeg({ quality: 95 }).toBuffer()
    t.equal((await decode(jpeg)).length, 200 * height * 3, `${height} rows`)
    const cut = await decode(cutLastScan(jpeg, 0.9)).catch((error: unknown) => error)
    t.match(cut, { reason: 'image_corrupt' }, `${height} rows, cut off`)
  }
})

test('a progressive JPEG that ends between two scans is cut off, unless it has an end marker', async (t) => {
  const jpeg = await drawJpeg({ progressive: true })
  const nextTables = findMarkers(jpeg, 0xc4).at(-1) ?? 0
  const early = jpeg.subarray(0, nextTables)
  await t.rejects(decode(early), { reason: 'image_corrupt', message: /damaged/ })
  t.equal((await decode(Buffer.concat([early, endMarker]))).length, 96 * 64 * 3)
})

test('a large JPEG without oddities is not copied', async (t) => {
  const photo = await readFile(new URL('../../photos/sunset-12mp-gps.jpg', import.meta.url))
  t.equal(prepareJpeg(photo).bytes, photo)
  const progressive = await readFile(new URL('../../photos/dandelions-16mp-progressive.jpg', import.meta.url))
  t.equal(prepareJpeg(progressive).bytes, progressive)
})

/** Adds the JFIF header, which sharp does not write. */
async function drawJpeg(options: JpegOptions): Promise<Buffer> {
  return afterStart(await drawPicture().jpeg(options).toBuffer(), jfif)
}

async function decode(jpeg: Buffer): Promise<Buffer> {
  const work = await inspectedWork(jpeg, 'image/jpeg', deps)
  const frame = await decodeImage(work, { width: 500, height: 500, fit: 'inside' }, deps.limits)
  return frame.data
}

/** Removes the JFIF header, because decoders ignore Adobe's transformation in a JFIF file. */
function withoutJfif(jpeg: Buffer): Buffer {
  const [at = 0] = findMarkers(jpeg, 0xe0)
  return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))])
}
