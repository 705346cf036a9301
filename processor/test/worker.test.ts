import { randomUUID } from 'node:crypto'
import t, { type Test, test } from 'tap'
import { type ImageRecord, isFinal } from '../../core/images/image-record.ts'
import { rawKey } from '../../core/images/object-key.ts'
import { drawNoise, makeImage } from '../../scripts/testkit/images/make-image.ts'
import { pollUntil } from '../../scripts/testkit/poll-until.ts'
import { startEmbeddedServices } from '../../scripts/testkit/start-embedded-services.ts'
import { startWorker } from '../../scripts/testkit/start-worker.ts'

const services = await startEmbeddedServices(t)

test('both triggers together have one effect', async (t) => {
  const worker = await startTestWorker(t)
  t.match(worker.message, { ready: true, url: /^http:\/\/127\.0\.0\.1:\d+$/ })

  const records = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const record = await services.upload(await makeImage('jpeg'), 'image/jpeg')
      await services.announceCompleted(record)
      await services.announceCompleted(record)
      return record
    }),
  )
  for (const record of records) {
    t.match(await waitUntilSettled(record), { status: 'ready', attempts: 1 })
  }
  for (const record of records) {
    await pollUntil(() => services.outcomesOf(record).length > 0)
    t.equal(services.outcomesOf(record).length, 1, 'one event')
    const keys = await services.listProcessed(rawKey(record))
    t.equal(keys.length, 3, 'one set of variants')
  }
  t.equal((await services.listProcessed('manifests/')).length, records.length)

  t.equal(await worker.stop(), 0, 'it exits with code 0 on SIGTERM')
})

test('images are processed with the Kafka trigger alone', async (t) => {
  services.s3Server.notifyTo('http://127.0.0.1:1/no-listener')
  await startWorkerFor(t)
  const record = await services.upload(await makeImage('png'), 'image/png')
  await services.announceCompleted(record)
  t.match(await waitUntilSettled(record), { status: 'ready', attempts: 1 })
})

test('an unreadable message becomes a dead letter, and the messages behind it are processed', async (t) => {
  const record = await services.upload(await makeImage('png'), 'image/png')
  const poison = randomUUID()
  await services.publishRaw({ key: record.imageId, value: poison, headers: { 'content-type': 'text/plain' } })
  await services.announceCompleted(record)
  services.s3Server.notifyTo('http://127.0.0.1:1/no-listener')
  await startWorkerFor(t)
  t.match(await waitUntilSettled(record), { status: 'ready', attempts: 1 })
  const letter = await pollUntil(() => services.deadLetters.find(({ value }) => String(value) === poison))
  t.equal(letter.key?.toString(), record.imageId)
  const headers = Object.fromEntries(letter.headers.map(({ name, value }) => [name, value.toString()]))
  t.match(headers, {
    'content-type': 'text/plain',
    'dead-letter-reason': 'not_an_upload_completed_event',
    'dead-letter-topic': 'image.upload.completed',
  })
})

const shortLease = { LEASE_SECONDS: '8', DECODE_TIMEOUT_SECONDS: '6' }

test('an image whose worker was killed becomes ready after a restart', async (t) => {
  const worker = await startTestWorker(t, shortLease)
  const large = await drawNoise({ width: 5_000, height: 4_000 }).jpeg({ progressive: true }).toBuffer()
  const record = await services.upload(large, 'image/jpeg')
  await pollUntil(async () => (await services.find(record))?.status === 'processing')
  await worker.kill()
  t.match(
    await services.find(record),
    { status: 'processing', attempts: 1 },
    'killed while it processed the image',
  )

  // With the default lease: on a busy machine the short one can expire, and would count as another attempt.
  await startTestWorker(t)
  t.match(await waitUntilSettled(record), { status: 'ready', attempts: 2 })
  await pollUntil(() => services.outcomesOf(record).length > 0)
  t.equal(services.outcomesOf(record).length, 1)
})

test('without Kafka the S3 trigger works, and the event stays pending', async (t) => {
  const worker = await startTestWorker(t, {
    KAFKA_BROKERS: '127.0.0.1:1',
    PUBLISH_TIMEOUT_SECONDS: '1',
  })
  const record = await services.upload(await makeImage('png'), 'image/png')
  const recorded = await pollUntil(async () => {
    const found = await services.find(record)
    return found && isFinal(found) && !found.leaseOwner ? found : undefined
  })
  t.match(recorded, { status: 'ready', pendingEvents: [{ type: 'hashgate.image.processed.v1' }] })
  t.equal(await worker.stop(), 0, 'it exits with code 0 although it never reached Kafka')
})

test('the worker names an invalid setting and exits', async (t) => {
  const started = startWorker({
    RAW_BUCKET: 'raw',
    PROCESSED_BUCKET: 'processed',
    CATALOG_TABLE: 'images',
    PORT: 'x',
  })
  await t.rejects(started, /ended with code 1/)
})

/** Starts a worker with both triggers. */
async function startTestWorker(t: Test, environment: Record<string, string> = {}) {
  const worker = await startWorkerFor(t, environment)
  services.s3Server.notifyTo(`${worker.url}/s3-events`)
  return worker
}

async function startWorkerFor(t: Test, environment: Record<string, string> = {}) {
  const worker = await startWorker({
    ...services.environment,
    KAFKA_GROUP_ID: randomUUID(),
    ...environment,
  })
  t.teardown(() => worker.stop())
  return worker
}

function waitUntilSettled(image: ImageRecord): Promise<ImageRecord> {
  return pollUntil(async () => {
    const found = await services.find(image)
    return found && isFinal(found) && !found.pendingEvents ? found : undefined
  })
}
