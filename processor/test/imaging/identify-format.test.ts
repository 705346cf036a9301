import { test } from 'tap'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { identifyFormat } from '../../imaging/identify-format.ts'

const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

test('accepted formats are recognised by their bytes', async (t) => {
  for (const format of formats) t.strictSame(identifyFormat(await makeImage(format)), { format })
})

test('other formats are named, with advice', async (t) => {
  const cases: [name: string, bytes: Buffer, sentence: RegExp][] = [
    ['empty', Buffer.alloc(0), /file is empty/],
    ['text', Buffer.from('Dear diary, this is no picture.'), /plain text.*Accepted formats are/],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG/],
    [
      'SVG behind declarations',
      Buffer.from('\uFEFF<?xml version="1.0"?>\n<!-- hi -->\n<!DOCTYPE svg>\n<svg a="b"/>'),
      /SVG/,
    ],
    ['HTML', Buffer.from('<!doctype html><title>x</title>'), /HTML or XML/],
    ['PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3'), /PDF/],
    ['HEIC', isoMedia('heic', 'mif1', 'heic'), /HEIC.*"Most Compatible"/],
    ['HEIC with the major brand mif1', isoMedia('mif1', 'mif1', 'heic'), /HEIC/],
    ['video', isoMedia('isom', 'isom', 'mp42'), /video/],
    ['Canon raw', isoMedia('crx ', 'crx ', 'isom'), /Canon/],
    ['Canon raw, older', Buffer.from('II*\0\x10\0\0\0CR\x02\0\0\0', 'latin1'), /Canon/],
    ['BMP', Buffer.from('BM\x36\0\0\0', 'latin1'), /BMP/],
    ['JPEG XL', Buffer.from('\xff\x0a\0\0', 'latin1'), /JPEG XL/],
    ['zip', Buffer.from('PK\x03\x04\0\0', 'latin1'), /zip/],
    ['nothing known', Buffer.from([0, 1, 2, 3]), /not a known image format/],
  ]
  for (const [name, bytes, sentence] of cases) t.match(identifyFormat(bytes), { refused: sentence }, name)
})

test('AVIF and HEIC differ only in their brands', async (t) => {
  t.strictSame(identifyFormat(isoMedia('avif', 'mif1', 'miaf')), { format: 'avif' })
  t.strictSame(identifyFormat(isoMedia('mif1', 'avif', 'miaf')), { format: 'avif' }, 'as a compatible brand')
  t.match(identifyFormat(isoMedia('heix', 'mif1', 'heix')), { refused: /HEIC/ })
})

test('a JPEG that is also a valid file of another format counts as a JPEG', async (t) => {
  const jpeg = await makeImage('jpeg')
  const polyglot = Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from('\xff\xfe\0\x0b%PDF-1.7<', 'latin1'),
    jpeg.subarray(2),
  ])
  t.strictSame(identifyFormat(polyglot), { format: 'jpeg' })
})

test('an unknown or truncated header causes no error', async (t) => {
  for (let length = 1; length < 64; length++) {
    t.doesNotThrow(() => identifyFormat(Buffer.alloc(length, 0xff)))
    t.doesNotThrow(() => identifyFormat(isoMedia('heic').subarray(0, length)))
  }
})

function isoMedia(brand: string, ...compatible: string[]): Buffer {
  const box = Buffer.from(`\0\0\0\0ftyp${brand}\0\0\0\0${compatible.join('')}`, 'latin1')
  box.writeUInt32BE(box.length, 0)
  return Buffer.concat([box, Buffer.from('\0\0\0\x08mdat', 'latin1')])
}
