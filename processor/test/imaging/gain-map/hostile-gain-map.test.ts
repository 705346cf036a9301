import exifr from 'exifr'
import { test } from 'tap'
import { makeExif } from '../../../../scripts/testkit/images/make-exif.ts'
import { sharp } from '../../../imaging/decoder.ts'
import { makeSegment } from '../../../imaging/jpeg/make-segment.ts'
import { readJpegLayout } from '../../../imaging/jpeg/read-layout.ts'
import { insertSegments, makeUltraHdr, renderHdr, secondPictureAt, ultraHdr } from './render-hdr.ts'

const mpfAt = ultraHdr.indexOf('MPF\0') + 4

function changed(original: Buffer, at: number, values: Buffer | number[]): Buffer {
  const bytes = Buffer.from(original)
  bytes.set(values, at)
  return bytes
}

/** Whether the variant has a second picture. */
const hasMap = (jpeg: Buffer) => readJpegLayout(jpeg).endAt < jpeg.length

test('no metadata of the original survives, neither of the picture nor of the map', async (t) => {
  const secret = 'Vevey, Rue du Simplon'
  const exif = makeExif({ make: secret, latitude: [46, 27, 36, 'N'], longitude: [6, 50, 31, 'E'] })
  const segments = [
    makeSegment(0xe1, exif),
    makeSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x hdrgm:Gamma="${secret}">${secret}</x>`),
    makeSegment(0xed, `Photoshop 3.0\0${secret}`),
    makeSegment(0xe5, secret),
    makeSegment(0xfe, secret),
  ]
  const map = insertSegments(ultraHdr.subarray(secondPictureAt), ...segments)
  const picture = insertSegments(ultraHdr.subarray(0, secondPictureAt), ...segments)
  const { jpeg } = await renderHdr(Buffer.concat([picture, map, Buffer.from(secret)]))
  t.ok(hasMap(jpeg))
  t.notOk(jpeg.includes('Vevey'))
  t.notOk(jpeg.includes('Exif'))
  const first = readJpegLayout(jpeg)
  const second = jpeg.subarray(first.endAt)
  t.equal(readJpegLayout(second).endAt, second.length, 'nothing follows the map')
  for (const part of [jpeg.subarray(0, first.endAt), second]) {
    const tags = Object.keys(await exifr.parse(part, { gps: true, iptc: true, xmp: true, icc: true }))
    const ofMap = ['GainMapMin', 'GainMapMax', 'Gamma', 'OffsetSDR', 'OffsetHDR', 'BaseRenditionIsHDR']
    const allowed = ['Version', 'Directory', 'HDRCapacityMin', 'HDRCapacityMax', ...ofMap]
    t.strictSame(
      tags.filter((tag) => !allowed.includes(tag)),
      [],
    )
  }
})

test('a map that only the GContainer directory lists is found', async (t) => {
  const own = await makeUltraHdr()
  const withoutIndex = changed(own, own.indexOf('MPF\0'), Buffer.from('FPM'))
  t.ok(hasMap((await renderHdr(withoutIndex)).jpeg))
  const lengthAt = own.indexOf('Item:Length="') + 13
  for (const length of ['9', '0', '"', '999999999']) {
    const lied = changed(withoutIndex, lengthAt, Buffer.from(length))
    t.ok(hasMap((await renderHdr(lied)).jpeg), `lengths of later items do not matter: ${length}`)
  }
})

test('an index with any offsets and lengths gives a variant, with the map or without', async (t) => {
  const numbers = [
    0,
    1,
    7,
    8,
    0x7fff_ffff,
    0xffff_ffff,
    ultraHdr.length,
    secondPictureAt,
    secondPictureAt - mpfAt,
  ]
  for (let at = mpfAt; at < mpfAt + 82; at += 2) {
    for (const number of numbers) {
      const bytes = Buffer.from(ultraHdr)
      bytes.writeUInt32BE(number, at)
      const { jpeg, gainMapOmitted } = await renderHdr(bytes)
      if (hasMap(jpeg)) continue
      if (gainMapOmitted === 'not_found') continue
      t.fail(`${number} at ${at}: ${gainMapOmitted}`)
    }
  }
})

test('a broken map is left out, and the reason is reported', async (t) => {
  const own = await makeUltraHdr()
  const ownMapAt = own.indexOf(Buffer.from([0xff, 0xd8, 0xff]), 1)
  const isoAt = own.lastIndexOf('21496:-1\0') + 9
  const scanAt = ultraHdr.lastIndexOf(Buffer.from([0xff, 0xda]))
  const lossless = ultraHdr.indexOf(Buffer.from([0xff, 0xc0]), secondPictureAt)
  const cases: [name: string, bytes: Buffer, reason: string][] = [
    ['cut off in its pixels', ultraHdr.subarray(0, scanAt + 300), 'cut_off'],
    ['cut off in its header', ultraHdr.subarray(0, secondPictureAt + 20), 'not_found'],
    ['missing', ultraHdr.subarray(0, secondPictureAt), 'not_found'],
    ['no JPEG', changed(ultraHdr, secondPictureAt, [0, 0]), 'not_found'],
    ['overwritten pixels', changed(ultraHdr, scanAt + 40, Buffer.alloc(200, 0x55)), 'image_corrupt'],
    ['lossless', changed(ultraHdr, lossless + 1, [0xc3]), 'pixel_format_unsupported'],
    ['65,280 pixels high', changed(ultraHdr, lossless + 5, [0xff, 0]), 'too_many_pixels'],
    ['fractions over 0', changed(own, isoAt + 5, Buffer.alloc(56)), 'metadata_unsupported'],
    ['a newer version', changed(own, isoAt, [0, 1]), 'metadata_unsupported'],
    ['cut off in its ISO parameters', own.subarray(0, isoAt + 20), 'metadata_unsupported'],
    ['larger than its picture', await makeUltraHdr({ mapWidth: 180 }), 'too_many_pixels'],
  ]
  const plain = (await renderHdr(ultraHdr.subarray(0, secondPictureAt), { gainMap: false })).jpeg
  const ownPlain = (await renderHdr(own.subarray(0, ownMapAt), { gainMap: false })).jpeg
  for (const [name, bytes, reason] of cases) {
    const { jpeg, gainMapOmitted } = await renderHdr(bytes)
    t.equal(gainMapOmitted, reason, name)
    t.same(jpeg, bytes.subarray(0, 600).equals(ultraHdr.subarray(0, 600)) ? plain : ownPlain, name)
  }
})

test('a map in CMYK is left out', async (t) => {
  const cmyk = await sharp(ultraHdr).toColourspace('cmyk').jpeg().toBuffer()
  const map = ultraHdr.subarray(secondPictureAt)
  const { at = 0, length = 0 } = readJpegLayout(map).metadata[0] ?? {}
  const tagged = insertSegments(cmyk, map.subarray(at - 4, at + length))
  const { jpeg, gainMapOmitted } = await renderHdr(
    Buffer.concat([ultraHdr.subarray(0, secondPictureAt), tagged]),
  )
  t.notOk(hasMap(jpeg))
  t.equal(gainMapOmitted, 'pixel_format_unsupported')
})
