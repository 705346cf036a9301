import { deflateSync } from 'node:zlib'
import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { pngChunk } from '../../../../scripts/testkit/images/make-blank-png.ts'
import { makeExif } from '../../../../scripts/testkit/images/make-exif.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import { readPngExif } from '../../../imaging/png/read-exif.ts'
import { readPhotoFacts } from '../../../imaging/read-photo-facts.ts'

const { deps } = createStepDeps()
const exif = makeExif({ make: 'Acme', takenAt: '2026:11:22 10:00:00' })
const facts = { camera: { make: 'Acme' }, takenAt: '2026-11-22T10:00:00' }
const png = await makeImage('png', { width: 8, height: 8 })
const headerEnd = 33
const endChunkBytes = 12

const beforePixels = (chunk: Buffer) =>
  Buffer.concat([png.subarray(0, headerEnd), chunk, png.subarray(headerEnd)])
const behindPixels = (chunk: Buffer) =>
  Buffer.concat([png.subarray(0, -endChunkBytes), chunk, png.subarray(-endChunkBytes)])

/** Encodes a raw profile as ImageMagick does. */
function writeProfile(kind: string, bytes: Buffer): Buffer {
  const lines = bytes.toString('hex').replace(/.{72}/g, '$&\n')
  return Buffer.from(`\n${kind}\n${String(bytes.length).padStart(8)}\n${lines}\n`)
}

const named = (name: string, text: Buffer) => Buffer.concat([Buffer.from(`Raw profile type ${name}\0`), text])
const zipped = (text: Buffer) => Buffer.concat([Buffer.from([0]), deflateSync(text)])

async function factsOf(bytes: Buffer) {
  const { exif: found } = await inspectedWork(bytes, 'image/png', deps)
  return readPhotoFacts(found, { keepLocation: false })
}

test('the facts of a photo are found in every place where a PNG can have them', async (t) => {
  const profile = writeProfile('exif', exif)
  const chunks = {
    'eXIf, without the prefix of JPEG': pngChunk('eXIf', exif.subarray(6)),
    'a compressed profile': pngChunk('zTXt', named('exif', zipped(profile))),
    'a compressed profile of ExifTool': pngChunk(
      'zTXt',
      named('APP1', zipped(writeProfile('generic', exif))),
    ),
    'a plain profile': pngChunk('tEXt', named('exif', profile)),
  }
  for (const [name, chunk] of Object.entries(chunks)) {
    t.strictSame(await factsOf(beforePixels(chunk)), facts, `${name}, before the pixels`)
    t.strictSame(await factsOf(behindPixels(chunk)), facts, `${name}, behind the pixels`)
  }
})

test('eXIf takes precedence over a profile', async (t) => {
  const other = makeExif({ make: 'Other' })
  const profile = pngChunk('tEXt', named('exif', writeProfile('exif', other)))
  const chunk = pngChunk('eXIf', exif.subarray(6))
  t.strictSame(await factsOf(beforePixels(Buffer.concat([profile, chunk]))), facts)
  t.strictSame(await factsOf(behindPixels(Buffer.concat([profile, chunk]))), facts)
})

test('a profile whose content does not match its name is ignored', (t) => {
  const bomb = pngChunk('zTXt', named('exif', zipped(Buffer.alloc(50_000_000))))
  const bad = [
    pngChunk('zTXt', named('exif', Buffer.from('\0no zlib'))),
    pngChunk('tEXt', named('exif', Buffer.from('\nexif\n 99\n00\n'))),
    pngChunk('tEXt', named('exif', Buffer.from('no profile'))),
    pngChunk('tEXt', named('iptc', writeProfile('iptc', exif))),
    bomb,
  ]
  for (const chunk of bad) t.equal(readPngExif(beforePixels(chunk)), undefined)
  t.equal(readPngExif(png), undefined)
  t.end()
})
