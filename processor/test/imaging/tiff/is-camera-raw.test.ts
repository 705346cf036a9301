import { test } from 'tap'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { makeTiff } from '../../../../scripts/testkit/images/make-tiff.ts'
import { identifyFormat } from '../../../imaging/identify-format.ts'
import { isCameraRaw } from '../../../imaging/tiff/is-camera-raw.ts'

type Entry = [tag: number, type: 3 | 4, value: number]

/** The start of a TIFF: its header and a first directory. */
const firstDirectory = (isLittle: boolean, ...entries: Entry[]) => directoryAt(8, isLittle, ...entries)

function directoryAt(start: number, isLittle: boolean, ...entries: Entry[]): Buffer {
  const head = Buffer.alloc(start + 2 + entries.length * 12 + 4)
  const write = (value: number, at: number, width: 2 | 4) =>
    isLittle ? head.writeUIntLE(value, at, width) : head.writeUIntBE(value, at, width)
  head.write(isLittle ? 'II' : 'MM')
  write(42, 2, 2)
  write(start, 4, 4)
  write(entries.length, start, 2)
  entries.forEach(([tag, type, value], index) => {
    const at = start + 2 + index * 12
    write(tag, at, 2)
    write(type, at + 2, 2)
    write(1, at + 4, 4)
    write(value, at + 8, type === 3 ? 2 : 4)
  })
  return head
}

test('TIFF-based camera raw files are recognised in both byte orders', async (t) => {
  for (const isLittle of [true, false]) {
    const dng = firstDirectory(isLittle, [254, 4, 1], [50_706, 4, 0x01040000])
    const nef = firstDirectory(isLittle, [254, 4, 1], [262, 3, 2], [330, 4, 500])
    const sensor = firstDirectory(isLittle, [262, 3, 32_803])
    for (const raw of [dng, nef, sensor]) {
      t.ok(isCameraRaw(raw))
      t.match(identifyFormat(raw), { refused: /a raw photo.*Export the image as JPEG or PNG/ })
    }
  }
})

test('the first directory can be anywhere in the file', async (t) => {
  for (const start of [4_094, 4_096, 5_001, 1_000_000]) {
    const raw = directoryAt(start, true, [254, 4, 1], [50_706, 4, 0x01040000])
    t.match(identifyFormat(raw), { refused: /a raw photo/ }, String(start))
    t.strictSame(identifyFormat(directoryAt(start, false, [254, 4, 0])), { format: 'tiff' })
    t.strictSame(identifyFormat(raw.subarray(0, start)), { format: 'tiff' }, 'the decoder decides')
  }
})

test('a scan is not a raw file, even with reduced copies of itself', async (t) => {
  t.notOk(isCameraRaw(await makeImage('tiff')))
  t.notOk(isCameraRaw(makeTiff({ width: 9, height: 9, pages: 3 })))
  t.strictSame(identifyFormat(firstDirectory(true, [254, 4, 0], [330, 4, 500])), { format: 'tiff' })
})

test('no damaged directory causes an error', async (t) => {
  const whole = firstDirectory(true, [254, 4, 1], [330, 4, 500])
  for (let length = 0; length < whole.length; length++) {
    t.doesNotThrow(() => isCameraRaw(whole.subarray(0, length)))
  }
  t.notOk(isCameraRaw(Buffer.alloc(4096, 0xff)))
})
