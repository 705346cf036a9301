import { readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import exifr from 'exifr'
import { pino } from 'pino'
import { type Test, test } from 'tap'
import type { AcceptedContentType } from '../../../core/images/formats.ts'
import { manifestKey } from '../../../core/images/object-key.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import { createTestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeAnimation } from '../../../scripts/testkit/images/make-animation.ts'
import { makeExif } from '../../../scripts/testkit/images/make-exif.ts'
import { exifItem, makeHeic, takeApart } from '../../../scripts/testkit/images/make-heic.ts'
import { sharp } from '../../imaging/decoder.ts'
import { ispe } from '../../imaging/heif/write-heif.ts'
import { createProcessOnce } from '../../pipeline/process-once.ts'
import { readHeicFile } from '../imaging/heic/heic-files.ts'

const photo = await readFile(new URL('../photos/sunset-12mp-gps.jpg', import.meta.url))
const secret = 'Vevey, Rue du Simplon'

/** Every output format, still and animated. */
const table = readVariants(
  JSON.stringify([
    ...['webp', 'avif', 'jpeg', 'png', 'same'].map((format) => ({
      name: format,
      width: 200,
      height: 200,
      format,
      effort: 0,
      ...(format === 'jpeg' && { background: '#ffffff' }),
    })),
    { name: 'moving', width: 50, height: 50, animated: true },
    { name: 'moving-same', width: 50, height: 50, format: 'same', animated: true },
  ]),
)

/** Pictures with a location, in every place where each format can store it. */
async function talkativePictures(): Promise<
  [name: string, bytes: Buffer, contentType: AcceptedContentType][]
> {
  const exif = makeExif({ make: secret, latitude: [46, 27, 36, 'N'], longitude: [6, 50, 31, 'E'] })
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>${secret}</secret></x:xmpmeta>`
  const small = await sharp(photo).resize(300).png().toBuffer()
  const talkative = () =>
    sharp(small)
      .withExif({ IFD0: { ImageDescription: secret, Copyright: secret }, IFD3: { GPSLatitudeRef: 'N' } })
      .withXmp(xmp)
      .withIccProfile('p3')
  const moving = await makeAnimation('webp', { width: 64, height: 64 })
  const movingGif = await makeAnimation('gif', { width: 64, height: 64 })
  return [
    ['a photograph', photo, 'image/jpeg'],
    ['JPEG', await talkative().jpeg().toBuffer(), 'image/jpeg'],
    ['PNG', await talkative().png().toBuffer(), 'image/png'],
    ['WebP', await talkative().webp().toBuffer(), 'image/webp'],
    ['AVIF', await talkative().avif({ effort: 0 }).toBuffer(), 'image/avif'],
    ['TIFF', await talkative().tiff().toBuffer(), 'image/tiff'],
    ['HEIC', makeHeicWithMetadata(exif, xmp), 'image/heic'],
    ['animated WebP', addWebpChunks(moving, { EXIF: exif, 'XMP ': Buffer.from(xmp) }), 'image/webp'],
    ['animated GIF', addGifComment(movingGif, secret), 'image/gif'],
  ]
}

test('no variant of any format has any metadata', async (t) => {
  const fixture = await createTestProcessor(t)
  for (const [name, bytes, contentType] of await talkativePictures()) {
    const { exif, xmp } = contentType === 'image/heic' ? {} : await sharp(bytes).metadata()
    t.ok(exif ?? xmp ?? bytes.includes(secret), `${name} has metadata`)
    const image = await fixture.upload(bytes, contentType)
    const done = await prepare({ ...fixture.deps, variants: table }).processOnce(image)
    t.match(done, { outcome: 'ready' }, name)
    const { variants = [] } = (await fixture.find(image))?.image ?? {}
    t.equal(variants.length, table.length)
    for (const { key, name: variant } of variants) {
      const stored = fixture.processedBucket.objects.get(key)?.bytes ?? Buffer.alloc(0)
      await checkSilence(t, stored, `${variant} of ${name}`)
    }
  }
})

async function checkSilence(t: Test, variant: Buffer, name: string): Promise<void> {
  const metadata = await sharp(variant).metadata()
  for (const kind of ['exif', 'icc', 'iptc', 'xmp', 'orientation', 'comments'] as const) {
    t.equal(metadata[kind], undefined, `${name}: no ${kind}`)
  }
  for (const trace of [secret, 'Exif', 'xmpmeta', 'http://ns.adobe.com', 'ICC_PROFILE', 'Photoshop']) {
    t.notOk(variant.includes(trace), `${name}: no ${trace}`)
  }
  if (metadata.format === 'jpeg') t.notOk(await exifr.parse(variant, { gps: true, exif: true }), name)
}

test('the location of a photo is in no record, manifest, event or log line', async (t) => {
  const { latitude, longitude } = await exifr.gps(photo)
  const told = await tellAll(t, false)
  for (const degrees of [latitude, longitude]) t.notMatch(told, String(degrees).slice(0, 6))
  t.notMatch(told, /latitude|longitude|location|gps/i)
  t.match(told, 'takenAt', 'other facts are present')
})

test('with KEEP_LOCATION the location is in the record, but still in no event and no log line', async (t) => {
  const { latitude } = await exifr.gps(photo)
  const told = await tellAll(t, true)
  const [record = '', manifest = '', ...others] = told.split('\n')
  for (const text of [record, manifest]) t.match(JSON.parse(text), { location: { latitude: /^-?\d+\.\d+$/ } })
  t.ok(Math.abs(JSON.parse(record).location.latitude - latitude) < 1e-5)
  t.notMatch(others.join('\n'), /latitude|location/i)
})

/** All output about the photo, one line each: record, manifest, events, log. */
async function tellAll(t: Test, keepLocation: boolean): Promise<string> {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(photo, 'image/jpeg')
  const { processOnce, lines } = prepare({ ...fixture.deps, keepLocation })
  await processOnce(image)
  const record = await fixture.find(image)
  return [
    JSON.stringify({ ...record, ...record?.image }),
    String(fixture.processedBucket.objects.get(manifestKey(image))?.bytes),
    ...fixture.eventBus.published.map((event) => JSON.stringify(event)),
    ...lines,
  ].join('\n')
}

function prepare(deps: Parameters<typeof createProcessOnce>[0]['deps']) {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const logger = pino({ level: 'trace' }, sink)
  return { processOnce: createProcessOnce({ deps, imagesInFlight: 1, logger }), lines }
}

/** The name of the XMP item contains the location as well. Source: ISO/IEC 23008-12, A.3. */
function makeHeicWithMetadata(exif: Buffer, xmp: string): Buffer {
  const { hvcC, data } = takeApart(readHeicFile('red.heic'))
  return makeHeic({
    items: [
      { id: 1, type: 'hvc1', data, properties: [ispe(64, 64), hvcC] },
      { id: 2, type: 'Exif', data: exifItem(exif) },
      { id: 3, type: 'mime', name: `${secret}\0application/rdf+xml\0`, data: Buffer.from(xmp) },
    ],
    references: [
      { type: 'cdsc', from: 2, to: [1] },
      { type: 'cdsc', from: 3, to: [1] },
    ],
    primary: 1,
  })
}

/** Source: WebP Container Specification, "Extended File Format". */
function addWebpChunks(webp: Buffer, chunks: Record<string, Buffer>): Buffer {
  const hasExifAndXmp = 0x0c
  const added = Object.entries(chunks).map(([name, data]) => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(data.length)
    return Buffer.concat([Buffer.from(name), size, data, Buffer.alloc(data.length % 2)])
  })
  const whole = Buffer.concat([webp, ...added])
  whole.writeUInt32LE(whole.length - 8, 4)
  whole.writeUInt8(whole.readUInt8(20) | hasExifAndXmp, 20)
  return whole
}

/** Source: GIF89a, "Comment Extension", before the trailer. */
function addGifComment(gif: Buffer, comment: string): Buffer {
  const text = Buffer.from(comment)
  const extension = Buffer.concat([Buffer.from([0x21, 0xfe, text.length]), text, Buffer.from([0])])
  return Buffer.concat([gif.subarray(0, -1), extension, gif.subarray(-1)])
}
