import { Writable } from 'node:stream'
import { pino } from 'pino'
import { test } from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { type ImageRef, rawKey } from '../../../core/images/object-key.ts'
import { createMemoryDeadLetters } from '../../../scripts/testkit/create-memory-dead-letters.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'
import { createHandler, type TriggerEvent } from '../../triggers/create-handler.ts'
import type { Reconcile } from '../../triggers/reconcile.ts'
import { toKafkaEvent } from '../../triggers/start-kafka-trigger.ts'
import { readEvent } from './read-event.ts'

test('an S3 and a Kafka event for one image, each three times, make one effect', async (t) => {
  const fixture = await createTestProcessor(t)
  const { handle } = createTestHandler(fixture)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const kafkaEvent = await kafkaEventOf(fixture, image)
  const events = [s3Event(image), kafkaEvent, s3Event(image, image), kafkaEvent, s3Event(image), kafkaEvent]
  await Promise.all(events.map((event) => handle(event)))
  t.match(await fixture.find(image), { status: 'ready', attempts: 1 })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  t.equal(fixture.rawBucket.reads.length, 1)
})

test('all images of an event are tried; what failed makes the whole event come again', async (t) => {
  const fixture = await createTestProcessor(t)
  const images = await Promise.all(
    [0, 1, 2].map(async () => fixture.upload(await makeImage('png'), 'image/png')),
  )
  const [first, unlucky, last] = images as [ImageRef, ImageRef, ImageRef]
  const unplugged = new Set([rawKey(unlucky)])
  const read: TestProcessor['rawBucket']['read'] = (key) =>
    unplugged.has(key) ? Promise.reject(new DependencyUnavailable('bucket')) : fixture.rawBucket.read(key)
  const { handle } = createTestHandler(fixture, { rawBucket: { read } })

  await t.rejects(handle(s3Event(...images)), { name: 'AggregateError', message: '1 images must come again' })
  t.match([await fixture.find(first), await fixture.find(last)], [{ status: 'ready' }, { status: 'ready' }])
  unplugged.clear()
  await handle(s3Event(...images))
  t.match(await fixture.find(unlucky), { status: 'ready' })
  t.equal(fixture.eventBus.published.length, 3, 'the finished ones were not done twice')
})

test('a rejected image and a record of somebody else are acknowledged', async (t) => {
  const fixture = await createTestProcessor(t)
  const { handle, logLines } = createTestHandler(fixture)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const event = s3Event(image)
  if ('Records' in event && event.Records[0]) {
    const foreign = structuredClone(event.Records[0])
    foreign.s3.object.key = 'elsewhere/cat.jpg'
    event.Records.push(foreign)
  }
  await handle(event, { awsRequestId: 'request-1' })
  await handle({ Service: 'Amazon S3', Event: 's3:TestEvent' })
  t.match(await fixture.find(image), { status: 'rejected' })
  t.match(logLines(), [
    { operation: 'trigger', item: 'elsewhere/cat.jpg#00' },
    {
      service: 'processor',
      operation: 'process-image',
      tenant: 'local',
      imageId: image.imageId,
      requestId: 'request-1',
      code: 'format_unsupported',
      durationMs: Number,
    },
  ])
})

test('no more images at once than agreed, over all events', async (t) => {
  const fixture = await createTestProcessor(t)
  let reading = 0
  let most = 0
  const read: TestProcessor['rawBucket']['read'] = async (key) => {
    most = Math.max(most, ++reading)
    await new Promise(setImmediate)
    reading--
    return fixture.rawBucket.read(key)
  }
  const { handle } = createTestHandler(fixture, { rawBucket: { read } })
  const images = await Promise.all(
    Array.from({ length: 8 }, () => makeImage('png', { width: 16, height: 16 })),
  )
  const refs = await Promise.all(images.map((bytes) => fixture.upload(bytes, 'image/png')))
  await Promise.all(refs.map((image) => handle(s3Event(image))))
  t.equal(most, 2)
})

test('a schedule runs the reconciler, which works on images as the triggers do', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const reconcile: Reconcile = async (processOne) => {
    await Promise.all([processOne(image), processOne(image)])
  }
  const { handle } = createTestHandler(fixture, {}, reconcile)
  for (const form of ['eventbridge-rule', 'eventbridge-scheduler', 'custom-input']) {
    await handle(await readEvent<TriggerEvent>(`schedule-${form}`))
  }
  t.match(await fixture.find(image), { status: 'ready', attempts: 1 })
  t.equal(fixture.rawBucket.reads.length, 1)
})

test('a schedule whose time is over leaves the rest to the next round', async (t) => {
  const fixture = await createTestProcessor(t)
  const asked: boolean[] = []
  const reconcile: Reconcile = async (_processOne, isOver) => {
    asked.push(isOver?.() ?? false)
  }
  const { handle } = createTestHandler(fixture, {}, reconcile)
  const event = await readEvent<TriggerEvent>('schedule-eventbridge-rule')
  await handle(event, { endsAtMs: Date.now() + 60_000 })
  await handle(event, { endsAtMs: Date.now() - 1 })
  t.strictSame(asked, [false, true])
})

test('a schedule whose reconciler fails fails', async (t) => {
  const fixture = await createTestProcessor(t)
  const { handle } = createTestHandler(fixture, {}, () => Promise.reject(new Error('away')))
  await t.rejects(handle(await readEvent<TriggerEvent>('schedule-eventbridge-rule')), { message: 'away' })
})

test('an image that another worker has: S3 must send it again, Kafka need not', async (t) => {
  const fixture = await createTestProcessor(t)
  const { handle } = createTestHandler(fixture)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  await fixture.catalog.claim(image, 'somebody else', 60_000)
  await t.rejects(handle(s3Event(image)), { name: 'AggregateError', errors: [{ name: 'LeaseLost' }] })
  t.strictSame(await handle(await kafkaEventOf(fixture, image)), { batchItemFailures: [] })
})

test('what a caller has no time for comes again, and nothing of it is begun', async (t) => {
  const fixture = await createTestProcessor(t)
  const { handle, letters, logLines } = createTestHandler(fixture, {
    processedBucket: { ...fixture.processedBucket, write: () => new Promise(() => {}) },
  })
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const kafkaEvent = await kafkaEventOf(fixture, image)
  const failed = { batchItemFailures: [{ itemIdentifier: { offset: 1 } }] }
  t.match(await handle(kafkaEvent, { endsAtMs: Date.now() }), failed)
  t.match(await fixture.find(image), { status: 'pending', attempts: 0 })

  for (let attempts = 1; attempts <= 3; attempts++) {
    t.match(await handle(kafkaEvent, { endsAtMs: Date.now() + 200 }), failed)
  }
  t.match(await fixture.find(image), { status: 'pending' }, 'broken off, and free for the next')
  t.match(logLines().at(-1), { level: 40, code: 'OUT_OF_TIME', imageId: image.imageId })
  t.strictSame(letters, [], 'it is no dead letter')
  await t.rejects(handle(s3Event(image), { endsAtMs: Date.now() }), { errors: [{ name: 'OutOfTime' }] })
})

test('an event of nobody we know is an error', async (t) => {
  const fixture = await createTestProcessor(t)
  const { handle } = createTestHandler(fixture)
  await t.rejects(handle({ source: 'aws.ec2' } as unknown as TriggerEvent), /no source that is known/)
})

function createTestHandler(
  fixture: TestProcessor,
  deps: Partial<ProcessorDeps> = {},
  reconcile: Reconcile = async () => {},
) {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const logger = pino({ base: { service: 'processor' } }, sink)
  const { letters, ...deadLetters } = createMemoryDeadLetters()
  const handle = createHandler({
    deps: { ...fixture.deps, ...deps },
    deadLetters,
    reconcile,
    rawBucket: 'raw',
    imagesInFlight: 2,
    maxTries: 5,
    logger,
  })
  return { handle, letters, logLines: () => lines.map((line) => JSON.parse(line)) }
}

function s3Event(...images: ImageRef[]): TriggerEvent {
  const Records = images.map((image) => ({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: '2026-11-22T10:00:00.000Z',
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'test' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': '1', 'x-amz-id-2': '1' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'test',
      bucket: { name: 'raw', ownerIdentity: { principalId: 'test' }, arn: 'arn:aws:s3:::raw' },
      object: { key: rawKey(image), size: 1, eTag: '0', sequencer: '00' },
    },
  }))
  return { Records }
}

async function kafkaEventOf(fixture: TestProcessor, image: ImageRef): Promise<TriggerEvent> {
  const record = await fixture.find(image)
  if (!record) throw new Error('expected a record')
  const event = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs: 0 })
  const received = {
    topic: topics.uploadCompleted,
    partition: 0,
    offset: '1',
    timestamp: 0,
    key: Buffer.from(image.imageId),
    value: Buffer.from(JSON.stringify(event)),
    headers: [],
  }
  return toKafkaEvent([received], { brokers: 'a:9092', topicPrefix: '' })
}
