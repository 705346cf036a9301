import { readdir, readFile } from 'node:fs/promises'
import exifr from 'exifr'
import { test } from 'tap'
import { createTestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { sharp } from '../../imaging/decoder.ts'
import { processImage } from '../../pipeline/process-image.ts'

const folder = new URL('../photos/', import.meta.url)
const names = (await readdir(folder)).filter((name) => name.endsWith('.jpg'))
const readAll = { gps: true, exif: true, iptc: true, xmp: true, icc: true, tiff: true }

test('real photographs become ready, and no variant keeps any metadata of the camera', async (t) => {
  const fixture = await createTestProcessor(t)
  for (const name of names) {
    const bytes = await readFile(new URL(name, folder))
    const image = await fixture.upload(bytes, 'image/jpeg')
    t.match(await processImage(image, fixture.deps), { outcome: 'ready' }, name)
    const record = await fixture.find(image)
    const { autoOrient } = await sharp(bytes).metadata()
    t.match(record?.image, autoOrient, `${name}: upright`)
    for (const { key, width, height } of record?.image?.variants ?? []) {
      const variant = fixture.processedBucket.objects.get(key)?.bytes ?? Buffer.alloc(0)
      const metadata = await sharp(variant).metadata()
      t.match(metadata, { format: 'webp', width, height }, key)
      for (const kind of ['exif', 'icc', 'iptc', 'xmp', 'orientation'] as const) {
        t.equal(metadata[kind], undefined, `${key}: no ${kind}`)
      }
      t.strictSame(chunkNames(variant), ['VP8 '], `${key}: pixels only`)
    }
  }
})

test('the original of the GPS photograph contains a location', async (t) => {
  const name = names.find((name) => name.includes('gps')) ?? ''
  const bytes = await readFile(new URL(name, folder))
  const found = await exifr.parse(bytes, readAll)
  t.type(found?.latitude, 'number')
  const { exif, xmp, iptc } = await sharp(bytes).metadata()
  t.ok(exif && xmp && iptc)
})

test('orientation is applied', async (t) => {
  const fixture = await createTestProcessor(t)
  const name = names.find((name) => name.includes('orientation-6')) ?? ''
  const bytes = await readFile(new URL(name, folder))
  const image = await fixture.upload(bytes, 'image/jpeg')
  await processImage(image, fixture.deps)
  const [, medium] = (await fixture.find(image))?.image?.variants ?? []
  const variant = fixture.processedBucket.objects.get(medium?.key ?? '')?.bytes
  const shrink = (source: Buffer | undefined, turn: number) =>
    sharp(source).rotate(turn).resize(16, 24, { fit: 'fill' }).raw().toBuffer()
  const [seen, turned, unturned] = await Promise.all([
    shrink(variant, 0),
    shrink(bytes, 90),
    shrink(bytes, 270),
  ])
  t.ok(meanDifference(seen, turned) < 4, 'a quarter turn to the right')
  t.ok(meanDifference(seen, unturned) > 10, 'and no other')
})

function meanDifference(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length
}

/** The names of the chunks of a RIFF file, such as `VP8 `, `EXIF`, `XMP `. Source: WebP Container Specification. */
function chunkNames(webp: Buffer): string[] {
  const found: string[] = []
  for (let at = 12; at + 8 <= webp.length; ) {
    found.push(webp.toString('latin1', at, at + 4))
    const size = webp.readUInt32LE(at + 4)
    at += 8 + size + (size % 2)
  }
  return found
}
