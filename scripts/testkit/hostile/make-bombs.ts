import { deflateSync } from 'node:zlib'
import type { AcceptedContentType } from '../../../core/images/formats.ts'
import { sharp } from '../../../processor/imaging/decoder.ts'
import { claimJpegDimensions } from '../images/claim-dimensions.ts'
import { makeBlankPng, pngChunk } from '../images/make-blank-png.ts'
import { makeGif } from '../images/make-gif.ts'
import { encodeAs } from '../images/make-image.ts'
import { makeTiff } from '../images/make-tiff.ts'
import { makeWebp } from '../images/make-webp.ts'
import { drawPicture } from './draw-picture.ts'
import { type HostileInput, payload } from './hostile-input.ts'

type Bomb = [
  name: string,
  contentType: AcceptedContentType,
  bytes: Buffer,
  expected: HostileInput['expected'],
]

const zeros = deflateSync(Buffer.alloc(100_000_000))
const side = 65_535

/** Small files that decode to huge images, long metadata or many frames. */
export async function makeBombs(): Promise<HostileInput[]> {
  const jpeg = await encodeAs('jpeg', drawPicture())
  const png = await encodeAs('png', drawPicture())
  const avif = await encodeAs('avif', drawPicture())
  const bombs: Bomb[] = [
    ['1-bit PNG of 30000×30000', 'image/png', makeBlankPng(30_000, 30_000), 'too_many_pixels'],
    ['1-bit PNG of 65535×65535', 'image/png', makeBlankPng(side, side), 'too_many_pixels'],
    ['1-bit PNG of 70000×1', 'image/png', makeBlankPng(70_000, 1), 'too_many_pixels'],
    ['PNG that claims 65535×65535', 'image/png', claimPng(png, side, side), 'either'],
    ['PNG that claims 0×0', 'image/png', claimPng(png, 0, 0), 'image_corrupt'],
    ['PNG that claims 2^31×2^31', 'image/png', claimPng(png, 2 ** 31, 2 ** 31), 'image_corrupt'],
    ['PNG with a profile of 100 MB', 'image/png', insertChunk(png, 'iCCP', zip('icc\0\0')), 'either'],
    ['PNG with a text of 100 MB', 'image/png', insertChunk(png, 'zTXt', zip('a\0\0')), 'either'],
    [
      'PNG with XMP of 100 MB',
      'image/png',
      insertChunk(png, 'iTXt', zip('XML:com.adobe.xmp\0\x01\0\0\0')),
      'either',
    ],
    ['PNG with 300,000 texts', 'image/png', insertBytes(png, manyTexts), 'ready'],
    ['JPEG that claims 65535×65535', 'image/jpeg', claimJpegDimensions(jpeg, side, side), 'image_corrupt'],
    [
      'JPEG that claims 65500×65500',
      'image/jpeg',
      claimJpegDimensions(jpeg, 65_500, 65_500),
      'too_many_pixels',
    ],
    ['JPEG that claims 9000×9000', 'image/jpeg', claimJpegDimensions(jpeg, 9_000, 9_000), 'image_corrupt'],
    ['JPEG that claims 0×0', 'image/jpeg', claimJpegDimensions(jpeg, 0, 0), 'image_corrupt'],
    ['JPEG with a million segments', 'image/jpeg', addSegments(jpeg, 1_000_000), 'image_corrupt'],
    ['JPEG with 1,000 scans', 'image/jpeg', await repeatLastScan(1_000), 'image_corrupt'],
    ['GIF of 10,000 frames', 'image/gif', makeGif({ width: 90, height: 90, frames: 10_000 }), 'ready'],
    ['GIF of 900 large frames', 'image/gif', makeGif({ width: 1_000, height: 1_000, frames: 900 }), 'ready'],
    ['GIF of 65535×65535', 'image/gif', makeGif({ width: side, height: side }), 'either'],
    [
      'GIF with a frame of 65535×65535',
      'image/gif',
      makeGif({ width: 1, height: 1, frameWidth: side, frameHeight: side }),
      'too_many_pixels',
    ],
    [
      'WebP of 100,000 frames',
      'image/webp',
      await makeWebp({ width: 90, height: 90, frames: 100_000 }),
      'too_many_pages',
    ],
    [
      'WebP of 900 large frames',
      'image/webp',
      await makeWebp({ width: 1_500, height: 1_500, frames: 900 }),
      'ready',
    ],
    [
      'WebP of 16777216×256',
      'image/webp',
      await makeWebp({ width: 2 ** 24, height: 256, frames: 1 }),
      'either',
    ],
    ['TIFF that claims 65535×65535', 'image/tiff', claimTiff(side, side), 'too_many_pixels'],
    ['TIFF that claims 2^32-1 squared', 'image/tiff', claimTiff(2 ** 32 - 1, 2 ** 32 - 1), 'image_corrupt'],
    [
      'TIFF of 100,000 pages',
      'image/tiff',
      makeTiff({ width: 9, height: 9, pages: 100_000 }),
      'too_many_pages',
    ],
    [
      'TIFF whose last page is its first',
      'image/tiff',
      makeTiff({ ...small, afterLast: 'first page' }),
      'too_many_pages',
    ],
    ['TIFF of 65535 channels', 'image/tiff', makeTiff({ width: 1, height: 1, channels: side }), 'either'],
    [
      'TIFF of 32-bit floats',
      'image/tiff',
      makeTiff({ ...small, bits: 32, sampleFormat: 3 }),
      'pixel_format_unsupported',
    ],
    ['AVIF that claims 65535×65535', 'image/avif', claimAvif(avif, side, side), 'either'],
    ['AVIF that claims 10000×9999', 'image/avif', claimAvif(avif, 10_000, 9_999), 'too_many_pixels'],
    ['AVIF that claims to be smaller', 'image/avif', claimAvif(avif, 8, 8), 'either'],
  ]
  return bombs.map(([name, contentType, bytes, expected]) => ({
    group: 'bombs',
    name,
    contentType,
    bytes,
    expected,
  }))
}

/** Small animated files. A decoder that keeps the animation holds all frames in memory at once. */
export async function makeAnimations(): Promise<HostileInput[]> {
  const many = await makeWebp({ width: 1_000, height: 1_000, frames: 100 })
  const large = await makeWebp({ width: 7_000, height: 7_000, frames: 2 })
  return [many, large, many, large].map((bytes, index) => ({
    group: 'animations',
    name: `animated WebP ${index + 1}`,
    contentType: 'image/webp',
    bytes,
    expected: 'ready',
  }))
}

/** Images that need almost as much memory as one image may take. */
export async function makeLargest(): Promise<HostileInput[]> {
  const draw = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#c81e1e' } })
  const group = 'at the limit'
  const progressive = { progressive: true, chromaSubsampling: '4:4:4' }
  return [
    { name: 'PNG', contentType: 'image/png', bytes: makeBlankPng(10_000, 10_000) },
    { name: 'AVIF', contentType: 'image/avif', bytes: await encodeAs('avif', draw(5_950, 5_950)) },
    {
      name: 'progressive JPEG',
      contentType: 'image/jpeg',
      bytes: await draw(10_000, 10_000).jpeg(progressive).toBuffer(),
    },
    {
      name: 'animated WebP',
      contentType: 'image/webp',
      bytes: await makeWebp({ width: 7_000, height: 7_000, frames: 2 }),
    },
  ].map((image) => ({ group, expected: 'ready', ...image }) as HostileInput)
}

const small = { width: 8, height: 8 }
const manyTexts = Buffer.alloc(15 * 300_000, pngChunk('tEXt', Buffer.from('a\0b')))

const zip = (head: string) => Buffer.concat([Buffer.from(head, 'latin1'), zeros])

function claimPng(png: Buffer, width: number, height: number): Buffer {
  const header = Buffer.from(png.subarray(16, 29))
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  return Buffer.concat([png.subarray(0, 8), pngChunk('IHDR', header), png.subarray(33)])
}

function insertChunk(png: Buffer, type: string, data: Buffer): Buffer {
  return insertBytes(png, pngChunk(type, data))
}

/** Inserts bytes after the header chunk. */
function insertBytes(png: Buffer, bytes: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 33), bytes, png.subarray(33)])
}

function claimTiff(width: number, height: number): Buffer {
  return makeTiff({ width, height, pixels: Buffer.from(payload) })
}

/** Changes the dimensions in the property `ispe` (image spatial extents). Source: ISO/IEC 23008-12, 6.5.3. */
function claimAvif(avif: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(avif)
  const at = changed.indexOf('ispe') + 8
  changed.writeUInt32BE(width, at)
  changed.writeUInt32BE(height, at + 4)
  return changed
}

function addSegments(jpeg: Buffer, count: number): Buffer {
  const empty = Buffer.from([0xff, 0xe1, 0, 2])
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(4 * count, empty), jpeg.subarray(2)])
}

async function repeatLastScan(times: number): Promise<Buffer> {
  const jpeg = await drawPicture().jpeg({ progressive: true }).toBuffer()
  const scan = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2)
  return Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(scan.length * times, scan), jpeg.subarray(-2)])
}
