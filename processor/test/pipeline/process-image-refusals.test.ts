import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Test, test } from 'tap'
import { type RejectionReason, rejections } from '../../../core/errors.ts'
import { type AcceptedContentType, acceptedFormats } from '../../../core/images/formats.ts'
import { manifestKey, rawKey } from '../../../core/images/object-key.ts'
import {
  createTestProcessor,
  sha256,
  type TestProcessor,
} from '../../../scripts/testkit/create-test-processor.ts'
import { claimJpegDimensions } from '../../../scripts/testkit/images/claim-dimensions.ts'
import { makeBlankPng } from '../../../scripts/testkit/images/make-blank-png.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage } from '../../pipeline/process-image.ts'

const run = promisify(execFile)
const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

interface BadInput {
  name: string
  bytes: Buffer
  contentType: AcceptedContentType
  reason: RejectionReason
  sentence?: RegExp
}

test('other files are rejected with a reason that names their type, and the next image is unaffected', async (t) => {
  const fixture = await createTestProcessor(t)
  fixture.deps.heic = false
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat', 'latin1')
  const contentType = 'image/jpeg'
  const reason = 'format_unsupported'
  const inputs: BadInput[] = [
    { name: 'text', bytes: Buffer.from('not a photo at all'), contentType, reason, sentence: /plain text/ },
    { name: 'SVG', bytes: Buffer.from('<svg width="9" height="9"/>'), contentType, reason, sentence: /SVG/ },
    { name: 'PDF', bytes: Buffer.from('%PDF-1.7\n'), contentType, reason, sentence: /PDF/ },
    { name: 'HEIC', bytes: heic, contentType, reason, sentence: /HEIC.*Most Compatible.*HEIC=on/ },
    {
      name: 'HEIC by its type',
      bytes: Buffer.concat([heic, heic]),
      contentType: 'image/heic',
      reason,
      sentence: /HEIC.*Export the photo as JPEG/,
    },
    { name: 'nothing', bytes: Buffer.alloc(0), contentType, reason, sentence: /empty/ },
    {
      name: 'another type than declared',
      bytes: await makeImage('png'),
      contentType,
      reason: 'format_mismatch',
      sentence: /is image\/png.*declared as image\/jpeg/,
    },
  ]
  for (const input of inputs) await expectRejection(t, fixture, input)
  const good = await fixture.upload(await makeImage('jpeg'), 'image/jpeg')
  t.match(await processImage(good, fixture.deps), { outcome: 'ready' })
})

test('a file that is truncated anywhere is rejected, in every format', async (t) => {
  const fixture = await createTestProcessor(t)
  for (const format of formats) {
    const whole = await makeImage(format)
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      const bytes = whole.subarray(0, Math.ceil(whole.length * part))
      const name = `${format}, ${part} of it`
      const contentType = acceptedFormats[format]
      await expectRejection(t, fixture, { name, bytes, contentType, reason: 'image_corrupt' })
    }
  }
})

test('a damaged file is rejected, in every format', async (t) => {
  const fixture = await createTestProcessor(t)
  for (const format of formats) {
    const bytes = await makeImage(format)
    // A lossy WebP has no redundancy after its header: any bits decode to some picture. Only its header can show damage.
    const from = format === 'webp' ? 20 : bytes.length >> 1
    bytes.fill(0xff, from, from + (format === 'webp' ? 12 : 500))
    const contentType = acceptedFormats[format]
    await expectRejection(t, fixture, { name: format, bytes, contentType, reason: 'image_corrupt' })
  }
})

test('bytes that do not match the hash are rejected', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png', sha256(Buffer.from('announced')))
  t.match(await processImage(image, fixture.deps), { outcome: 'rejected', reason: 'checksum_mismatch' })
})

test('an object over the size limit is not read', async (t) => {
  const fixture = await createTestProcessor(t)
  const bytes = await makeImage('png')
  const image = await fixture.upload(bytes, 'image/png')
  const limits = { ...fixture.deps.limits, maxUploadBytes: bytes.length - 1 }
  t.match(await processImage(image, { ...fixture.deps, limits }), {
    outcome: 'rejected',
    reason: 'too_many_bytes',
  })
})

test('decompression bombs take no memory, and the next image becomes ready', async (t) => {
  const small = await makeImage('jpeg')
  const folder = t.testdir()
  const files = {
    '1-20000x20000.png': makeBlankPng(20_000, 20_000),
    '2-30000x30000.png': makeBlankPng(30_000, 30_000),
    '3-claims-65500x65500.jpg': claimJpegDimensions(small, 65_500, 65_500),
    '4-claims-9000x9000.jpg': claimJpegDimensions(small, 9_000, 9_000),
    '5-10000x10000-within-the-limit.png': makeBlankPng(10_000, 10_000),
    '6-next.jpg': small,
  }
  await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder, name), bytes)))
  const program = new URL('./process-folder.ts', import.meta.url).pathname
  const { stdout } = await run(process.execPath, [program, folder])
  const { results, baselineBytes, peakBytes } = JSON.parse(stdout)
  t.match(results, [
    { outcome: 'rejected', reason: 'too_many_pixels' },
    { outcome: 'rejected', reason: 'too_many_pixels' },
    { outcome: 'rejected', reason: 'too_many_pixels' },
    { outcome: 'rejected', reason: 'image_corrupt' },
    { outcome: 'ready' },
    { outcome: 'ready' },
  ])
  const usedMegabytes = Math.round((peakBytes - baselineBytes) / 1e6)
  t.ok(
    usedMegabytes < 200,
    `${usedMegabytes} MB above the idle process; one decoded bomb alone would be over 400`,
  )
})

async function expectRejection(t: Test, fixture: TestProcessor, input: BadInput): Promise<void> {
  const { name, bytes, contentType, reason, sentence = /.{10}/ } = input
  const image = await fixture.upload(Buffer.from(bytes), contentType)
  t.match(await processImage(image, fixture.deps), { outcome: 'rejected', reason }, name)
  t.match(await fixture.find(image), { status: 'rejected', rejection: { reason, detail: sentence } }, name)
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.rejected.v1'], name)
  t.ok(fixture.rawBucket.objects.has(rawKey(image)), `${name}: the raw object is kept`)
  const manifest = fixture.processedBucket.objects.get(manifestKey(image))
  t.match(
    JSON.parse(String(manifest?.bytes)),
    { status: 'rejected', reason },
    `${name}: analytics can count it`,
  )
  t.ok(reason in rejections)
}
