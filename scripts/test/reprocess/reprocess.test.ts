import t from 'tap'
import type { ImageRecord } from '../../../core/images/image-record.ts'
import { rawKey } from '../../../core/images/object-key.ts'
import { makeImage } from '../../testkit/images/make-image.ts'
import { pollUntil } from '../../testkit/poll-until.ts'
import { startEmbeddedServices } from '../../testkit/start-embedded-services.ts'
import { startWorker } from '../../testkit/start-worker.ts'
import { runReprocess, startReprocess } from './run-reprocess.ts'

const services = await startEmbeddedServices(t)
const { environment, find } = services
const count = 12

const table = (size: number) => JSON.stringify([{ name: 'tile', width: size, height: size, format: 'png' }])
const withTable = (size: number) => ({ ...environment, IMAGES_IN_FLIGHT: '1', VARIANTS: table(size) })
const again = '--recipe-changed'

/** Images processed by a worker with the default variant table. */
async function makeReady(): Promise<ImageRecord[]> {
  const worker = await startWorker({ ...environment, KAFKA_GROUP_ID: 'reprocess' })
  const images: ImageRecord[] = []
  for (let index = 0; index < count; index++) {
    const image = await services.upload(await makeImage('png', { width: 1200, height: 900 }), 'image/png')
    await services.announceCompleted(image)
    images.push(image)
  }
  for (const image of images) await pollUntil(async () => (await settled(image))?.status === 'ready')
  await worker.stop()
  return images
}

async function settled(image: ImageRecord): Promise<ImageRecord | undefined> {
  const record = await find(image)
  return record?.leaseOwner ? undefined : record
}

const images = await makeReady()
const day = images[0]?.createdAt.slice(0, 10) ?? ''
/** All of them, unless midnight came in between. */
const countOfDay = images.filter(({ createdAt }) => createdAt.startsWith(day)).length
const recipesOf = async () => Promise.all(images.map(async (image) => (await find(image))?.recipe))
/** Variants of the record's recipe. Those of earlier recipes stay in the bucket. */
async function variantNames(image: ImageRecord): Promise<string[]> {
  const keys = await services.listProcessed(`${rawKey(image)}/${(await find(image))?.recipe}/`)
  return keys.map((key) => key.slice(key.lastIndexOf('/') + 1))
}

t.test('up-to-date images are skipped', async (t) => {
  const { code, stdout } = await runReprocess([again], environment)
  t.equal(code, 0)
  t.match(stdout, /^Recipe [0-9a-f]{16}: thumb 256×256 cover webp, medium .*\n12 examined\n0 reprocessed\n$/)
})

t.test('a dry run counts outdated images without changing them', async (t) => {
  const before = await recipesOf()
  const { code, stdout } = await runReprocess([again, '--dry-run'], withTable(64))
  t.equal(code, 0)
  t.match(stdout, new RegExp(`${day.replaceAll('-', '')} local\\W+${countOfDay}\\b`))
  t.match(stdout, `${count} examined\n${count} would be reprocessed\n`)
  t.strictSame(await recipesOf(), before)
})

t.test('after an interruption, the same command continues and each image is reprocessed once', async (t) => {
  const [before] = await recipesOf()
  const isNew = (recipe: string | undefined) => recipe !== before
  const first = startReprocess([again], withTable(64))
  await pollUntil(async () => (await recipesOf()).some(isNew))
  first.interrupt()
  const interrupted = await first.ended
  t.equal(interrupted.code, 130)
  t.match(interrupted.stderr, 'Interrupted. Run the same command again to continue.')
  const done = (await recipesOf()).filter(isNew).length
  t.ok(done > 0 && done < count, `${done} of ${count} by then`)
  for (const image of images) t.ok(await settled(image), 'no lease is left')

  const second = await runReprocess([again], withTable(64))
  t.equal(second.code, 0)
  t.match(second.stdout, `\n${count - done} reprocessed\n`)
  t.equal(new Set(await recipesOf()).size, 1)
  for (const image of images) {
    t.strictSame(await variantNames(image), ['tile.png'])
    await pollUntil(async () => services.outcomesOf(image).length === 2)
  }
  const types = images.flatMap((image) => services.outcomesOf(image).map(({ type }) => type))
  t.equal(types.filter((type) => type === 'hashgate.image.reprocessed.v1').length, count)
})

t.test('--tenant and --day select images', async (t) => {
  const run = async (...args: string[]) => (await runReprocess([again, ...args], withTable(32))).stdout
  t.match(await run('--tenant', 'nobody'), /\n0 examined\n0 reprocessed\n$/)
  t.match(await run('--tenant', 'local', '--day', '2026-01-01'), /\n0 examined\n0 reprocessed\n$/)
  t.match(await run('--day', '2026-01-01'), new RegExp(`\n${count} examined\n0 reprocessed\n$`))
  t.match(
    await run('--tenant', 'local', '--day', day),
    new RegExp(`\n${countOfDay} examined\n${countOfDay} reprocessed\n$`),
  )
  t.match(
    await run('--tenant', 'local'),
    new RegExp(`\n${count} examined\n${count - countOfDay} reprocessed\n$`),
  )
})

t.test('an error is printed in one line', async (t) => {
  const mistakes: [args: string[], environment: NodeJS.ProcessEnv, line: RegExp][] = [
    [
      [again, '--day', '2026-02-30'],
      environment,
      /^--day must be a UTC day such as 2026-11-22, not "2026-02-30"\.\n$/,
    ],
    [[again, '--tenant', 'A'], environment, /^--tenant must consist of at most 63 lower-case letters/],
    [[again, '--read-units', '0'], environment, /^--read-units must be an integer of at least 1/],
    [
      [again],
      { ...environment, VARIANTS: '[{"name":"a","width":1}]' },
      /^VARIANTS\[0\]\.height is not set\.\n$/,
    ],
    [[again], { CATALOG_TABLE: '', HASHGATE_DATA: t.testdir() }, /^No system is configured\./],
    [
      [again],
      { ...environment, DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' },
      /^The catalog dependency is unavailable/,
    ],
  ]
  for (const [args, settings, line] of mistakes) {
    const { code, stderr } = await runReprocess(args, settings)
    t.equal(code, 1, String(line))
    t.match(stderr, line)
    t.equal(stderr.trim().split('\n').length, 1, stderr)
  }
  const withoutOption = await runReprocess([], environment)
  t.match(withoutOption, { code: 1, stdout: /^Usage/ }, '--recipe-changed or --failed is required')
  t.match(
    await runReprocess([again, '--failed'], environment),
    { code: 1, stdout: /^Usage/ },
    'the options exclude each other',
  )
})
