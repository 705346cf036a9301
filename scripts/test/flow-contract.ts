import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import exifr from 'exifr'
import sharp from 'sharp'
import type { Test } from 'tap'
import { createHashgateClient } from '../../openapi/packages/client/src/hashgate-client.ts'
import type { Image } from '../../openapi/packages/client/src/types.ts'
import { openWarehouse } from '../analytics/warehouse/open-warehouse.ts'
import type { StartBacking } from '../local/backing.ts'
import { startSystem } from '../local/start-system.ts'
import { withoutLoadShedding } from '../local/with-system.ts'
import { runUpload, runUploadJson } from '../testkit/system/run-upload.ts'

const photoDirectory = fileURLToPath(new URL('../../processor/test/photos', import.meta.url))
const photos = (await readdir(photoDirectory)).filter((name) => name.endsWith('.jpg')).sort()
const pathOf = (name: string) => join(photoDirectory, name)

/** An S3 that sends each event only once does not repeat it after a worker is killed, so the reconciler must run soon. */
const settings = {
  ...withoutLoadShedding,
  LEASE_SECONDS: '8',
  DECODE_TIMEOUT_SECONDS: '6',
  RECONCILE_AFTER_SECONDS: '8',
  RECONCILE_INTERVAL_SECONDS: '1',
}

interface FlowOptions {
  /** Name of the services that the system uses, for test names. */
  name: string
  startBacking: StartBacking
}

/** Contract of the whole system on any services, from a user's point of view. */
export async function testFlow(t: Test, { name, startBacking }: FlowOptions): Promise<void> {
  await t.test(`the whole system on ${name}`, (t) => testSystem(t, startBacking))
}

async function testSystem(t: Test, startBacking: StartBacking): Promise<void> {
  const dataDirectory = t.testdir({})
  const system = await startSystem({ dataDirectory, port: 0, startBacking, settings })
  t.teardown(system.close)
  const target = { gateway: system.gatewayUrl, key: system.key }
  const client = createHashgateClient(target)

  t.test('CORS allows pages of this machine to call the gateway', async (t) => {
    const origin = 'http://localhost:5173'
    const { headers } = await fetch(`${system.gatewayUrl}/healthz`, { headers: { origin } })
    t.equal(headers.get('access-control-allow-origin'), origin)
  })

  t.test('the photos of a folder become ready; a second run uploads nothing', async (t) => {
    const sizes = await Promise.all(photos.map(async (name) => (await stat(pathOf(name))).size))
    const first = await runUploadJson([photoDirectory], target)
    t.equal(first.code, 0)
    t.strictSame(
      first.results.map(({ result, status, uploadedBytes, variants }) => [
        result,
        status,
        uploadedBytes,
        variants,
      ]),
      sizes.map((size) => ['uploaded', 'ready', size, ['thumb', 'medium', 'large']]),
    )

    const second = await runUploadJson([photoDirectory], target)
    t.equal(second.code, 0)
    t.strictSame(
      second.results.map(({ result, status, uploadedBytes }) => [result, status, uploadedBytes]),
      sizes.map(() => ['duplicate', 'ready', 0]),
    )
  })

  t.test('variants match their record, are upright and have no metadata', async (t) => {
    const names = ['sunset-12mp-gps.jpg', 'dogs-orientation-6.jpg']
    const { results } = await runUploadJson(names.map(pathOf), target)
    const [dogs, sunset] = await Promise.all(results.map(({ imageId = '' }) => client.getImage(imageId)))

    t.ok(await exifr.gps(pathOf('sunset-12mp-gps.jpg')), 'the original contains a GPS position')
    t.match(sunset, { format: 'jpeg', width: 4272, height: 2848, dominantColor: /^#[0-9a-f]{6}$/ })
    t.match(sunset?.variants, [
      { name: 'thumb', width: 256, height: 256 },
      { name: 'medium', width: 1024, height: 683 },
      { name: 'large', width: 2048, height: 1365 },
    ])
    t.equal(await exifr.orientation(pathOf('dogs-orientation-6.jpg')), 6)
    t.match(dogs, { width: 2048, height: 3088 })
    t.match(dogs?.variants?.[1], { name: 'medium', width: 679, height: 1024 })
    for (const image of [sunset, dogs]) await checkVariants(t, image)
  })

  t.test('invalid files are rejected with a reason and do not affect others', async (t) => {
    const photo = await readFile(pathOf('drum-portrait.jpg'))
    const directory = t.testdir({
      'cut.jpg': photo.subarray(0, photo.length / 2),
      'drawing.png': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'good.png': await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
      'same-as-good.png': await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
      'text.jpg': 'This is a text.',
    })
    const { code, results } = await runUploadJson([directory], target)
    t.equal(code, 1, 'the exit code is 1 because not every file is ready')
    t.match(results, [
      { file: /cut.jpg/, result: 'rejected', status: 'rejected', reason: /^image_corrupt: / },
      { file: /drawing.png/, result: 'rejected', reason: /^format_unsupported: .*SVG/ },
      { file: /good.png/, status: 'ready' },
      { file: /same-as-good.png/, status: 'ready' },
      { file: /text.jpg/, result: 'rejected', reason: /^format_unsupported: .*text/ },
    ])
    t.strictSame(
      results
        .slice(2, 4)
        .map(({ result }) => result)
        .sort(),
      ['duplicate', 'uploaded'],
    )
    t.match(await runUploadJson([join(directory, 'text.jpg')], target), {
      code: 1,
      results: [{ result: 'rejected', uploadedBytes: 0, reason: /^format_unsupported/ }],
    })
  })

  t.test('a processor killed while processing an image finishes it after its restart', async (t) => {
    const bytes = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'navy' } })
      .png({ compressionLevel: 1 })
      .toBuffer()
    const file = join(t.testdir({ 'large.png': bytes }), 'large.png')
    const pid = system.processor.pid()
    const uploading = runUploadJson([file], target)
    const imageId = createHash('sha256').update(bytes).digest('hex')
    for (;;) {
      const image = await client.getImage(imageId).catch(() => undefined)
      if (image?.status === 'processing') break
      if (image?.status === 'ready' || image?.status === 'rejected')
        return t.fail(`the image was ${image.status} before the processor could be killed`)
    }
    process.kill(pid ?? 0, 'SIGKILL')
    t.match(await uploading, { code: 0, results: [{ result: 'uploaded', status: 'ready' }] })
    t.not(system.processor.pid(), pid)
  })

  t.test('the warehouse shows the photos with the data of their manifests', async (t) => {
    const { query, close } = await openWarehouse({ dataDirectory })
    t.teardown(close)
    const { rows } = await query(
      `SELECT i.image_id, i.color_space FROM analytics.images i WHERE i.status = 'ready' AND i.format = 'jpeg'`,
    )
    t.equal(rows.length, photos.length)
    t.ok(rows.every(({ color_space }) => color_space))
  })

  t.test('without --json the upload command prints a table', async (t) => {
    const { code, stdout } = await runUpload([pathOf('drum-portrait.jpg')], target)
    t.equal(code, 0)
    t.match(stdout, /drum-portrait\.jpg +│ d2e96e6d4da4[0-9a-f]{52} │ duplicate │ thumb medium large │/)
    t.match(stdout, '1 of 1 ready, 0 B uploaded, 522.4 kB already stored')
  })

  t.test('gateway and key are read from the running system', async (t) => {
    const { mode } = await stat(join(dataDirectory, 'local.json'))
    t.equal(mode & 0o777, 0o600)
    t.match(JSON.parse(await readFile(join(dataDirectory, 'local.json'), 'utf8')), target)

    const directory = t.testdir({ '.data': { 'local.json': JSON.stringify(target) } })
    const { code, results } = await runUploadJson([pathOf('drum-portrait.jpg')], { directory })
    t.equal(code, 0)
    t.match(results, [{ result: 'duplicate' }])
  })

  t.test('each user error prints one line', async (t) => {
    const directory = t.testdir({ 'a.txt': 'text' })
    const nowhere = { gateway: 'http://127.0.0.1:1', key: 'x' }
    const cases: [string[], object, RegExp][] = [
      [['nothing.jpg'], target, /^No image found at nothing\.jpg\.$/],
      [[directory], target, /^No image found at /],
      [[pathOf('drum-portrait.jpg')], { directory }, /^No gateway: run "npm start" first/],
      [[pathOf('drum-portrait.jpg')], nowhere, /^The gateway at http:\/\/127\.0\.0\.1:1 cannot be reached/],
      [
        [pathOf('drum-portrait.jpg')],
        { ...target, key: 'wrong' },
        /^The gateway does not accept the key\. Check HASHGATE_KEY/,
      ],
    ]
    for (const [args, options, expected] of cases) {
      const { code, stderr } = await runUpload(args, options)
      t.equal(code, 1, String(expected))
      t.match(stderr.trimEnd(), expected)
      t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    }
    const { code, results } = await runUploadJson([join(directory, 'a.txt')], target)
    t.equal(code, 1)
    t.match(results, [{ result: 'failed', reason: /^Unsupported file type/ }])
  })
}

async function checkVariants(t: Test, image?: Image): Promise<void> {
  t.equal(image?.variants?.length, 3)
  for (const { name, url, width, height, byteLength, contentType } of image?.variants ?? []) {
    const response = await fetch(url)
    const bytes = Buffer.from(await response.arrayBuffer())
    t.equal(response.headers.get('content-type'), contentType, name)
    t.equal(bytes.length, byteLength, name)
    const found = await sharp(bytes).metadata()
    t.match(found, { format: 'webp', width, height }, name)
    for (const kind of ['exif', 'xmp', 'iptc', 'icc', 'orientation'])
      t.notOk(kind in found, `${name} has no ${kind}`)
    t.notMatch(bytes.toString('latin1'), /EXIF|XMP |ICCP/, name)
  }
}
