import { test } from 'tap'
import type { ImageRef } from '../../../core/images/object-key.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { createProcessOnce } from '../../pipeline/process-once.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'

type Kills = (image: Pick<ImageRef, 'imageId'>) => boolean

/** Simulates a process. After an image has killed it, its later calls have no effect. */
function startProcess({ deps }: TestProcessor, kills: Kills) {
  const { promise: crashed, resolve: crash } = Promise.withResolvers<'crashed'>()
  let isDead = false
  const whileAlive = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const call = Reflect.get(target, name)
        if (typeof call !== 'function') return call
        return async (...args: unknown[]) => {
          const result = isDead ? forEver() : await Reflect.apply(call, target, args)
          return isDead ? forEver() : result
        }
      },
    })
  const read: ProcessorDeps['rawBucket']['read'] = async (key) => {
    if (isDead) return forEver()
    if (!kills({ imageId: key.split('/')[1] ?? '' })) return deps.rawBucket.read(key)
    isDead = true
    crash('crashed')
    return forEver()
  }
  const processOnce = createProcessOnce({
    deps: {
      ...deps,
      catalog: whileAlive(deps.catalog),
      processedBucket: whileAlive(deps.processedBucket),
      eventBus: whileAlive(deps.eventBus),
      rawBucket: { read },
    },
    imagesInFlight: 4,
    logger: createLogger('test', 'silent'),
  })
  /** Resolves when all images are processed or the process has crashed. */
  const run = (images: ImageRef[]) =>
    Promise.race([Promise.allSettled(images.map((image) => processOnce(image))), crashed])
  return { run }
}

const forEver = () => new Promise<never>(() => {})

let drawn = 0
const upload = async (fixture: TestProcessor) =>
  fixture.upload(await makeImage('png', { width: 20 + drawn++, height: 20 }), 'image/png')

async function uploadMany(fixture: TestProcessor, count: number): Promise<ImageRef[]> {
  return Promise.all(Array.from({ length: count }, () => upload(fixture)))
}

async function recordsOf(fixture: TestProcessor, images: ImageRef[]) {
  return Promise.all(images.map((image) => fixture.find(image)))
}

/** Restarts the process after each crash, once the leases have expired. */
async function restart(fixture: TestProcessor, kills: Kills, images: ImageRef[]): Promise<void> {
  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  await startProcess(fixture, kills).run(images)
}

test('only images that kill their process are rejected, and none that only shared a process with them', async (t) => {
  const fixture = await createTestProcessor(t)
  const [poison, good] = [await uploadMany(fixture, 3), await uploadMany(fixture, 9)]
  const kills: Kills = ({ imageId }) => poison.some((image) => image.imageId === imageId)
  const images = poison.flatMap((image, index) => [image, ...good.slice(index * 3, index * 3 + 3)])
  const unfinished = async () =>
    (await recordsOf(fixture, images)).filter((record) => !record?.finishedAt).length
  let starts = 0
  while ((await unfinished()) > 0 && starts++ < 60) {
    images.push(await upload(fixture))
    await restart(fixture, kills, images)
  }
  const rejection = { reason: 'processing_failed' }
  for (const record of await recordsOf(fixture, images)) {
    if (record && kills(record)) t.match(record, { status: 'rejected', rejection })
    else t.equal(record?.status, 'ready')
  }
})

test('after a start without a result, an image is started alone', async (t) => {
  const fixture = await createTestProcessor(t)
  const images = await uploadMany(fixture, 4)
  const [poison, ...neighbours] = images
  await restart(fixture, ({ imageId }) => imageId === poison?.imageId, images)
  for (const record of await recordsOf(fixture, neighbours)) t.equal(record?.status, 'processing', 'killed')

  let [running, most] = [0, 0]
  const { processedBucket, rawBucket } = fixture
  const counted = {
    ...fixture,
    deps: {
      ...fixture.deps,
      rawBucket: {
        ...rawBucket,
        read: (key: string) => {
          most = Math.max(most, ++running)
          return rawBucket.read(key)
        },
      },
      processedBucket: {
        ...processedBucket,
        write: async (...object: Parameters<typeof processedBucket.write>) => {
          if (object[0].startsWith('manifests/')) running--
          return processedBucket.write(...object)
        },
      },
    },
  }
  await restart(counted, () => false, images)
  t.equal(most, 1)
  for (const record of await recordsOf(fixture, images)) t.match(record, { status: 'ready', attempts: 2 })
})

test('a deployment that crashes on every image rejects none, and all become ready after a fix', async (t) => {
  const fixture = await createTestProcessor(t)
  const images = await uploadMany(fixture, 6)
  for (let starts = 0; starts < fixture.deps.limits.maxAttempts * 6; starts++)
    await restart(fixture, () => true, images)
  for (const record of await recordsOf(fixture, images)) t.equal(record?.status, 'processing')

  await restart(fixture, () => false, images)
  for (const record of await recordsOf(fixture, images)) t.equal(record?.status, 'ready')
})
