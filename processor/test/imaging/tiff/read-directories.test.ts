import { test } from 'tap'
import { makeTiff } from '../../../../scripts/testkit/images/make-tiff.ts'
import { findDirectories, readDirectory, readFirstDirectory } from '../../../imaging/tiff/read-directories.ts'

test('reads numbers inside the entry and at an offset', async (t) => {
  const tiff = makeTiff({ width: 8, height: 8, tags: { 254: 1, 530: [4, 2] } })
  const directory = readFirstDirectory(tiff)
  t.strictSame(directory.get(258), [8, 8, 8], 'bits per channel, stored elsewhere')
  t.strictSame(directory.get(530), [4, 2])
  t.strictSame(directory.get(254), [1])
  t.equal(directory.get(256), undefined, 'not used here')
})

test('keeps a few values of a long list, and the first of equal tags', async (t) => {
  const wide = readFirstDirectory(makeTiff({ width: 1, height: 1, channels: 65_535 }))
  t.equal(wide.get(258)?.length, 16)
  const twice = Buffer.alloc(8 + 2 + 2 * 12 + 4)
  twice.write('II*\0\x08\0\0\0\x02\0', 'latin1')
  const entry = (compression: number) => Buffer.from([3, 1, 3, 0, 1, 0, 0, 0, compression, 0, 0, 0])
  Buffer.concat([entry(5), entry(7)]).copy(twice, 10)
  t.strictSame(readFirstDirectory(twice).get(259), [5])
})

test('reads BigTIFF in big-endian order', async (t) => {
  const big = Buffer.alloc(16 + 8 + 20 + 8)
  big.write('MM\0+\0\x08\0\0', 'latin1')
  big.writeBigUInt64BE(16n, 8)
  big.writeBigUInt64BE(1n, 16)
  big.writeUInt16BE(259, 24)
  big.writeUInt16BE(3, 26)
  big.writeBigUInt64BE(1n, 28)
  big.writeUInt16BE(50_000, 36)
  t.strictSame([...findDirectories(big)], [16])
  t.strictSame(readFirstDirectory(big).get(259), [50_000])
})

test('a truncated file returns the entries that are present', async (t) => {
  const tiff = makeTiff({ width: 8, height: 8, pages: 2 })
  for (let length = 0; length < tiff.length; length++) {
    const bytes = tiff.subarray(0, length)
    t.doesNotThrow(() => [...findDirectories(bytes)].map((at) => readDirectory(bytes, at)))
  }
})
