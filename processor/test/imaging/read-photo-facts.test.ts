import { readFile } from 'node:fs/promises'
import exifr from 'exifr'
import { test } from 'tap'
import { makeExif } from '../../../scripts/testkit/images/make-exif.ts'
import { sharp } from '../../imaging/decoder.ts'
import { readPhotoFacts } from '../../imaging/read-photo-facts.ts'

const readPhoto = (name: string) => readFile(new URL(`../photos/${name}`, import.meta.url))
const exifOf = async (bytes: Buffer) => (await sharp(bytes).metadata()).exif
const without = { keepLocation: false }
const withLocation = { keepLocation: true }

test('reads the camera and the time of a photograph as another EXIF reader does', async (t) => {
  const bytes = await readPhoto('sunset-12mp-gps.jpg')
  const found = await exifr.parse(bytes, { gps: true, reviveValues: false })
  const exif = await exifOf(bytes)
  const facts = readPhotoFacts(exif, without)
  const [date = '', time = ''] = found.DateTimeOriginal.split(' ')
  t.strictSame(facts, {
    camera: { make: found.Make, model: found.Model },
    takenAt: `${date.replaceAll(':', '-')}T${time}`,
  })
  t.notMatch(JSON.stringify(facts), /latitude|location|gps/i, 'and not where')

  const { location } = readPhotoFacts(exif, withLocation)
  t.ok(Math.abs((location?.latitude ?? 0) - found.latitude) < 1e-5)
  t.ok(Math.abs((location?.longitude ?? 0) - found.longitude) < 1e-5)
})

test('an image without EXIF has no facts', async (t) => {
  for (const exif of [undefined, Buffer.alloc(0), Buffer.from('Exif\0\0'), Buffer.from('MM\0*')]) {
    t.strictSame(readPhotoFacts(exif, withLocation), {})
  }
})

test('south and west are negative', async (t) => {
  const exif = makeExif({ latitude: [33, 51, 30, 'S'], longitude: [151, 12, 36, 'W'] })
  t.strictSame(readPhotoFacts(exif, withLocation), { location: { latitude: -33.858333, longitude: -151.21 } })
  t.strictSame(readPhotoFacts(exif, without), {})
})

test('an invalid location is left out', async (t) => {
  const nowhere = makeExif({ latitude: [91, 0, 0, 'N'], longitude: [12, 0, 0, 'E'] })
  t.strictSame(readPhotoFacts(nowhere, withLocation), {})
  const half = makeExif({ latitude: [9, 0, 0, 'N'] })
  t.strictSame(readPhotoFacts(half, withLocation), {})
})

test('a camera name is cut to one short line of printable characters', async (t) => {
  const cases: [written: string, kept: string | undefined][] = [
    ['  Acme  \n Corp\t', 'Acme Corp'],
    ['\x1b[31mred\x07', '[31mred'],
    ['a\u202eb\u200bc\ufeffd', 'a b c d'],
    ['\u0001\u0002', undefined],
    [' ', undefined],
    ['Acme\0\0\0\0H\0\u0001', 'Acme'],
    ['Acme, Inc.\0H', 'Acme, Inc.'],
    ['\0Acme', undefined],
    ['x'.repeat(500), 'x'.repeat(64)],
    ['📷'.repeat(100), '📷'.repeat(64)],
  ]
  for (const [written, kept] of cases) {
    const { camera } = readPhotoFacts(makeExif({ make: written, model: written }), without)
    t.strictSame(
      camera,
      kept === undefined ? undefined : { make: kept, model: kept },
      JSON.stringify(written),
    )
  }
})

test('an invalid time is left out', async (t) => {
  const moments = [
    '0000:00:00 00:00:00',
    '2026:02:30 10:00:00',
    '2026:11:22 24:00:01',
    '1026:11:22 10:00:00',
    '2026-11-22T10:00:00Z',
    '    :  :     :  :  ',
    'yesterday',
  ]
  for (const takenAt of moments) t.strictSame(readPhotoFacts(makeExif({ takenAt }), without), {}, takenAt)
  const exif = makeExif({ takenAt: '2024:02:29 23:59:59', offset: '+05:45' })
  t.strictSame(
    readPhotoFacts(exif, without),
    { takenAt: '2024-02-29T23:59:59' },
    'without the time zone, which would reveal a location',
  )
})

test('a time ends at its first NUL', async (t) => {
  const exif = makeExif({ takenAt: '2024:02:29 23:59:59\0 +0100' })
  t.strictSame(readPhotoFacts(exif, without), { takenAt: '2024-02-29T23:59:59' })
})

test('damaged and hostile EXIF causes no error', async (t) => {
  const exif = makeExif({ make: 'Acme', takenAt: '2024:02:29 23:59:59', latitude: [1, 2, 3, 'N'] })
  for (let length = 0; length < exif.length; length++) readPhotoFacts(exif.subarray(0, length), withLocation)
  for (let at = 0; at < exif.length; at++) {
    for (const value of [0x00, 0x7f, 0xff]) {
      const damaged = Buffer.from(exif)
      damaged[at] = value
      const facts = readPhotoFacts(damaged, withLocation)
      t.notMatch(JSON.stringify(facts), /\\u00/, 'no control character')
    }
  }
  t.strictSame(readPhotoFacts(repeatOneTag(65_536), without), {}, 'five thousand tags over the same bytes')
  t.strictSame(readPhotoFacts(repeatOneTag(20_000_000), without), {}, 'too long to be parsed')
})

/** A directory full of one tag, each of which claims all bytes as its own. */
function repeatOneTag(byteLength: number): Buffer {
  const exif = Buffer.alloc(byteLength)
  exif.write('II*\0\x08\0\0\0', 0, 'latin1')
  const count = Math.min(65_535, Math.floor((byteLength - 14) / 12))
  exif.writeUInt16LE(count, 8)
  for (let index = 0; index < count; index++) {
    const at = 10 + index * 12
    exif.writeUInt16LE(0x010f, at)
    exif.writeUInt16LE(2, at + 2)
    exif.writeUInt32LE(byteLength - 8, at + 4)
    exif.writeUInt32LE(8, at + 8)
  }
  return exif
}
