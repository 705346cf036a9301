import { test } from 'tap'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { makeTiff } from '../../../scripts/testkit/images/make-tiff.ts'
import { makeWebp } from '../../../scripts/testkit/images/make-webp.ts'
import { countPages } from '../../imaging/count-pages.ts'
import { readHeader } from '../../imaging/read-header.ts'

const size = { width: 4, height: 4 }

test('counts pages as the decoder does', async (t) => {
  for (const count of [1, 2, 7]) {
    const webp = await makeWebp({ ...size, frames: count })
    t.strictSame([countPages('webp', webp, 100), (await readHeader(webp)).pages], [count, count])
    const tiff = makeTiff({ ...size, pages: count })
    t.strictSame([countPages('tiff', tiff, 100), (await readHeader(tiff)).pages], [count, count])
  }
  for (const format of ['webp', 'tiff', 'png', 'gif'] as const) {
    t.equal(countPages(format, await makeImage(format, size), 100), 1, format)
  }
})

test('stops counting at the limit', async (t) => {
  t.equal(countPages('webp', await makeWebp({ ...size, frames: 90_000 }), 10), 11)
  t.equal(countPages('tiff', makeTiff({ ...size, pages: 50 }), 10), 11)
  t.equal(countPages('tiff', makeTiff({ ...size, afterLast: 'first page' }), 10), 11, 'an endless chain')
})

test('counts in both byte orders and in BigTIFF', async (t) => {
  const big = Buffer.alloc(16 + 16)
  big.write('MM\0+\0\x08\0\0', 'latin1')
  big.writeBigUInt64BE(16n, 8)
  t.equal(countPages('tiff', big, 10), 1)
  const plain = Buffer.from('MM\0*\0\0\0\x08\0\0\0\0\0\x08', 'latin1')
  t.equal(countPages('tiff', plain, 10), 11, 'a directory of no entries that is followed by itself')
})

test('a truncated file ends the chain', async (t) => {
  const tiff = makeTiff({ ...size, pages: 3 })
  const webp = await makeWebp({ ...size, frames: 3 })
  for (let length = 8; length < Math.max(tiff.length, webp.length); length++) {
    t.ok(countPages('tiff', tiff.subarray(0, length), 10) <= 3)
    t.ok(countPages('webp', webp.subarray(0, length), 10) <= 3)
  }
})
