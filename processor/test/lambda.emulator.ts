import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { S3Event } from 'aws-lambda'
import t, { test } from 'tap'
import { imageEvent, topics } from '../../core/events/image-events.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import { rawKey } from '../../core/images/object-key.ts'
import { median } from '../../scripts/bench/median.ts'
import { printTable } from '../../scripts/bench/print-table.ts'
import { startFaultProxy } from '../../scripts/checks/faults/start-fault-proxy.ts'
import { emulateArm64 } from '../../scripts/checks/lambda/emulate-arm64.ts'
import { prepareFunction, unpackProcessor } from '../../scripts/checks/lambda/prepare-function.ts'
import { startFunction } from '../../scripts/checks/lambda/start-function.ts'
import { makeImage } from '../../scripts/testkit/images/make-image.ts'
import { pollUntil } from '../../scripts/testkit/poll-until.ts'
import { startEmbeddedServices } from '../../scripts/testkit/start-embedded-services.ts'
import type { KafkaEvent } from '../triggers/read-kafka-event.ts'
import { readEvent } from './triggers/read-event.ts'

const run = promisify(execFile)
const { zip, ...program } = await prepareFunction((stop) => t.teardown(stop))
const services = await startEmbeddedServices(t)
const s3Proxy = await startFaultProxy(services.s3Server.url)
t.teardown(s3Proxy.close)

async function startProcessor(
  t: Pick<Tap, 'teardown'>,
  environment: Record<string, string> = {},
  timeoutSeconds = 90,
) {
  const processor = await startFunction({
    ...program,
    environment: { MALLOC_ARENA_MAX: '1', ...services.environment, ...environment },
    timeoutSeconds,
  })
  t.teardown(processor.stop)
  return processor
}
type Tap = typeof t

test('a photo of an S3 notification becomes ready', async (t) => {
  const processor = await startProcessor(t)
  const photo = await readPhoto('sunset-12mp-gps')
  const record = await services.upload(photo, 'image/jpeg')
  t.equal(await processor.invoke(await s3EventOf(record)), null)
  t.match(await services.find(record), { status: 'ready', image: { width: 4272 } })
  t.equal((await services.listProcessed(rawKey(record))).length, 3)
  // The output comes through a pipe, and may arrive after the response.
  const output = await pollUntil(() => {
    const lines = processor.readOutput()
    return lines.some(({ ImagesReady }) => ImagesReady) ? lines : undefined
  })
  t.match(
    output.filter(({ level }) => level),
    [{ operation: 'process-image', imageId: record.imageId, requestId: String, msg: 'ready' }],
  )
  t.match(
    output.filter(({ _aws }) => _aws),
    [
      { ColdStart: 1, function_name: 'processor' },
      { ImagesReady: 1, OriginalBytes: photo.length },
    ],
  )
  await processor.invoke(await readEvent<S3Event>('s3-test-event'))
  t.equal(processor.readOutput().filter(({ ColdStart }) => ColdStart).length, 1)
})

test('a scheduled event: the reconciler finds an image whose notification was lost', async (t) => {
  const processor = await startProcessor(t)
  const record = await services.upload(await makeImage('png'), 'image/png', 3_600_000)
  for (const form of ['eventbridge-rule', 'eventbridge-scheduler', 'custom-input']) {
    t.equal(await processor.invoke(await readEvent(`schedule-${form}`)), null)
  }
  t.match(await services.find(record), { status: 'ready', attempts: 1 })
})

test('images of a Kafka event become ready, and an unreadable message becomes a dead letter', async (t) => {
  const processor = await startProcessor(t, { REPORT_BATCH_ITEM_FAILURES: 'true' })
  const record = await services.upload(await makeImage('webp'), 'image/webp')
  t.strictSame(await processor.invoke(await kafkaEventOf([record])), { batchItemFailures: [] })
  t.match(await services.find(record), { status: 'ready' })
  await pollUntil(() => services.deadLetters.length >= 2)
})

test('only the image that cannot be finished in time is redelivered', async (t) => {
  const stuck = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  const lucky = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  s3Proxy.stall((path) => path.includes(stuck.imageId))
  const environment = { S3_ENDPOINT: s3Proxy.url, REPORT_BATCH_ITEM_FAILURES: 'true' }
  const processor = await startProcessor(t, environment, 6)
  await processor.invoke(await readEvent('schedule-custom-input'))

  t.strictSame(await processor.invoke(await kafkaEventOf([stuck, lucky])), {
    batchItemFailures: [{ itemIdentifier: { partition: 'image.upload.completed-0', offset: 15 } }],
  })
  t.match(await services.find(lucky), { status: 'ready' })
  const given = await services.find(stuck)
  t.match(given, { status: 'pending' })
  t.notOk(given?.leaseOwner, 'the lease is released at once')
  const linesOf = () => processor.readOutput().filter(({ imageId }) => imageId === stuck.imageId)
  await pollUntil(() => linesOf().length > 0)
  t.match(linesOf(), [{ code: 'OUT_OF_TIME' }])
  t.notMatch(processor.lines.join('\n'), /Task timed out/)

  s3Proxy.stall(() => false)
  t.strictSame(await processor.invoke(await kafkaEventOf([stuck, lucky])), { batchItemFailures: [] })
  t.match(await services.find(stuck), { status: 'ready' })
})

test('an image that was not started in time is redelivered unchanged', async (t) => {
  const stuck = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  const waiting = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  s3Proxy.stall((path) => path.includes(stuck.imageId))
  const settings = { IMAGES_IN_FLIGHT: '1', REPORT_BATCH_ITEM_FAILURES: 'true' }
  const processor = await startProcessor(t, { S3_ENDPOINT: s3Proxy.url, ...settings }, 4)
  t.strictSame(await processor.invoke(await kafkaEventOf([stuck, waiting])), {
    batchItemFailures: [
      { itemIdentifier: { partition: 'image.upload.completed-0', offset: 15 } },
      { itemIdentifier: { partition: 'image.upload.completed-3', offset: 7 } },
    ],
  })
  t.match(
    await services.find(stuck),
    { status: 'pending', attempts: 1 },
    'an attempt with the time of a whole call counts',
  )
  t.match(await services.find(waiting), { status: 'pending', attempts: 0 })
  s3Proxy.stall(() => false)
})

test('without partial batch responses a failure is an error of the function', async (t) => {
  const processor = await startProcessor(t, { KAFKA_BROKERS: '127.0.0.1:1', PUBLISH_TIMEOUT_SECONDS: '1' })
  const answer = await processor.invoke(await readEvent('kafka-many-records'))
  t.match(answer, { errorType: 'Error', errorMessage: '2 Kafka records failed and will be redelivered' })
})

test('the first call names an invalid setting', async (t) => {
  const processor = await startProcessor(t, { RAW_BUCKET: '', LEASE_SECONDS: 'soon' })
  t.match(await processor.invoke(await readEvent('schedule-custom-input')), {
    errorMessage: /RAW_BUCKET.*\n.*LEASE_SECONDS/,
  })
})

test('the zip for arm64 works on an emulated arm64', async (t) => {
  const { task } = await unpackProcessor('arm64', (stop) => t.teardown(stop))
  const [command, ...words] = await emulateArm64()
  const record = await services.upload(await makeImage('jpeg'), 'image/jpeg')
  const caller = `
    const { handler } = await import('./lambda.mjs')
    const event = ${JSON.stringify(await s3EventOf(record))}
    await handler(event, { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 600_000 })
    console.log(process.arch)
    process.exit(0)`
  const { stdout } = await run(command, [...words, '--input-type=module', '-e', caller], {
    env: { PATH: process.env.PATH, ...services.environment, LOG_LEVEL: 'silent' },
    cwd: task,
  })
  t.match(stdout, /^arm64$/m)
  t.match(await services.find(record), { status: 'ready' })
})

const coldStarts = 5
const warmCalls = 9

test('figures', async (t) => {
  const cold = { init: [] as number[], first: [] as number[] }
  for (let start = 0; start < coldStarts; start++) {
    const processor = await startProcessor(t)
    await processor.invoke(await s3EventOf(await uploadAgain('sunset-12mp-gps')))
    const { init, calls } = await timesOfCalls(processor, 1)
    cold.init.push(...init)
    cold.first.push(...calls)
    await processor.stop()
  }
  const rows: (string | number)[][] = []
  for (const photo of ['sunset-12mp-gps', 'dandelions-16mp-progressive']) {
    const processor = await startProcessor(t)
    await processor.invoke(await s3EventOf(await uploadAgain(photo)))
    for (let call = 0; call < warmCalls; call++) {
      await processor.invoke(await s3EventOf(await uploadAgain(photo)))
    }
    const [, ...warm] = (await timesOfCalls(processor, 1 + warmCalls)).calls
    t.equal(warm.length, warmCalls)
    rows.push([`warm, ${photo}`, ms(warm), Math.round(await processor.readPeakMegabytes())])
    await processor.stop()
  }
  t.equal(cold.init.length, coldStarts)
  const processor = await startProcessor(t)
  const photos = await Promise.all(
    Array.from({ length: 8 }, () => uploadAgain('dandelions-16mp-progressive')),
  )
  const events = await Promise.all(photos.map(s3EventOf))
  await processor.invoke({ Records: events.flatMap(({ Records }) => Records) })
  const peak = Math.round(await processor.readPeakMegabytes())
  rows.push(['first call, 8 × dandelions, two at a time', ms((await timesOfCalls(processor, 1)).calls), peak])
  printTable({
    title: `processor.zip (${(zip.bytes / 1_000_000).toFixed(1)} MB) under the Lambda runtime interface emulator`,
    head: ['', 'ms, median', 'peak MB'],
    rows: [['start (INIT)', ms(cold.init), ''], ['first call, sunset-12mp-gps', ms(cold.first), ''], ...rows],
    notes: [
      `Medians of ${coldStarts} starts and ${warmCalls} calls, as the emulator reports them; stores and Kafka on this machine.`,
      'The peak is of the runtime client with our code; one image at a time unless stated otherwise.',
    ],
  })
})

/** The emulator reports a call after its response. */
function timesOfCalls(processor: Awaited<ReturnType<typeof startProcessor>>, count: number) {
  return pollUntil(() => {
    const times = processor.readTimes()
    return times.calls.length >= count ? times : undefined
  })
}

const ms = (values: number[]) => Math.round(median(values))

function readPhoto(name: string): Promise<Buffer> {
  return readFile(new URL(`photos/${name}.jpg`, import.meta.url))
}

/** The same picture as another file: bytes after the end of a JPEG are ignored. */
async function uploadAgain(photo: string): Promise<ImageRecord> {
  return services.upload(Buffer.concat([await readPhoto(photo), randomBytes(8)]), 'image/jpeg')
}

/** The recorded notification, about another object. */
async function s3EventOf(record: ImageRecord): Promise<S3Event> {
  const event = await readEvent<S3Event>('s3-object-created-put')
  const [{ s3 }] = event.Records as [S3Event['Records'][number]]
  s3.object = { ...s3.object, key: rawKey(record), size: record.byteLength }
  return event
}

/** The recorded batch, whose first records name these images. */
async function kafkaEventOf(images: ImageRecord[]): Promise<KafkaEvent> {
  const event = await readEvent<KafkaEvent>('kafka-many-records')
  const records = Object.values(event.records)
    .flat()
    .filter(({ offset }) => offset === 15 || offset === 7)
  for (const [index, image] of images.entries()) {
    const told = imageEvent(topics.uploadCompleted, image, { source: '/hashgate/gateway', nowMs: Date.now() })
    const record = records[index]
    if (!record) throw new Error('the recorded batch is too small')
    record.value = Buffer.from(JSON.stringify(told)).toString('base64')
  }
  return event
}
