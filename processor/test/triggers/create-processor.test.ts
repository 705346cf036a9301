import { Writable } from 'node:stream'
import { pino } from 'pino'
import { test } from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { type ImageRef, rawKey } from '../../../core/images/object-key.ts'
import type { KafkaMessage } from '../../../core/kafka/kafka-message.ts'
import { createMemoryDeadLetters } from '../../../scripts/testkit/create-memory-dead-letters.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'
import { createProcessor } from '../../triggers/create-processor.ts'
import type { Reconcile } from '../../triggers/reconcile.ts'

test('S3 and Kafka triggers for one image, three times each, have one effect', async (t) => {
  const fixture = await createTestProcessor(t)
  const { processor } = compose(fixture)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const messages = [await messageOf(fixture, image)]
  await Promise.all([
    processor.handleObjectsCreated(objectsOf(image)),
    processor.handleUploadsCompleted(messages),
    processor.handleObjectsCreated(objectsOf(image, image)),
    processor.handleUploadsCompleted(messages),
    processor.handleObjectsCreated(objectsOf(image)),
    processor.handleUploadsCompleted(messages),
  ])
  t.match(await fixture.find(image), { status: 'ready', attempts: 1 })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  t.equal(fixture.rawBucket.reads.length, 1)
})

test('every image of a notification is attempted, and one failure makes the store redeliver it', async (t) => {
  const fixture = await createTestProcessor(t)
  const images = await Promise.all(
    [0, 1, 2].map(async () => fixture.upload(await makeImage('png'), 'image/png')),
  )
  const [first, unlucky, last] = images as [ImageRef, ImageRef, ImageRef]
  const unavailable = new Set([rawKey(unlucky)])
  const read: TestProcessor['rawBucket']['read'] = (key) =>
    unavailable.has(key) ? Promise.reject(new DependencyUnavailable('bucket')) : fixture.rawBucket.read(key)
  const { processor } = compose(fixture, { rawBucket: { read } })

  await t.rejects(processor.handleObjectsCreated(objectsOf(...images)), {
    name: 'AggregateError',
    message: '1 images will be retried',
  })
  t.match([await fixture.find(first), await fixture.find(last)], [{ status: 'ready' }, { status: 'ready' }])
  unavailable.clear()
  await processor.handleObjectsCreated(objectsOf(...images))
  t.match(await fixture.find(unlucky), { status: 'ready' })
  t.equal(fixture.eventBus.published.length, 3, 'finished images are not processed twice')
})

test('a rejected image and an object that is not an upload are acknowledged and logged', async (t) => {
  const fixture = await createTestProcessor(t)
  const { processor, logLines } = compose(fixture)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const output = `${rawKey(image)}/thumb.webp`
  const objects = [...objectsOf(image), { key: output, sequencer: '00' }]
  await processor.handleObjectsCreated(objects, { awsRequestId: 'request-1' })
  t.match(await fixture.find(image), { status: 'rejected' })
  t.match(logLines(), [
    { operation: 'trigger', item: `${output}#00` },
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

test('all triggers together process no more images at once than configured', async (t) => {
  const fixture = await createTestProcessor(t)
  let reading = 0
  let most = 0
  const read: TestProcessor['rawBucket']['read'] = async (key) => {
    most = Math.max(most, ++reading)
    await new Promise(setImmediate)
    reading--
    return fixture.rawBucket.read(key)
  }
  const { processor } = compose(fixture, { rawBucket: { read } })
  const images = await Promise.all(
    Array.from({ length: 8 }, () => makeImage('png', { width: 16, height: 16 })),
  )
  const refs = await Promise.all(images.map((bytes) => fixture.upload(bytes, 'image/png')))
  await Promise.all(refs.map((image) => processor.handleObjectsCreated(objectsOf(image))))
  t.equal(most, 2)
})

test('the reconciler processes an image once, like any trigger', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const { processor } = compose(fixture, {}, async (processOne) => {
    await Promise.all([processOne(image), processOne(image)])
  })
  await processor.reconcile()
  t.match(await fixture.find(image), { status: 'ready', attempts: 1 })
  t.equal(fixture.rawBucket.reads.length, 1)
})

test('a call whose time is up leaves the rest to the next run of the reconciler', async (t) => {
  const fixture = await createTestProcessor(t)
  const isOver: boolean[] = []
  const { processor } = compose(fixture, {}, async (_processOne, ask) => {
    isOver.push(ask?.() ?? false)
  })
  await processor.reconcile({ endsAtMs: fixture.clock.nowMs + 1 })
  await processor.reconcile({ endsAtMs: fixture.clock.nowMs })
  t.strictSame(isOver, [false, true])
})

test('a failure of the reconciler reaches the caller', async (t) => {
  const fixture = await createTestProcessor(t)
  const { processor } = compose(fixture, {}, () => Promise.reject(new Error('away')))
  await t.rejects(processor.reconcile(), { message: 'away' })
})

test('an image that another worker holds fails the S3 notification but not the Kafka message', async (t) => {
  const fixture = await createTestProcessor(t)
  const { processor } = compose(fixture)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  await fixture.catalog.claim(image, 'another worker', 60_000)
  await t.rejects(processor.handleObjectsCreated(objectsOf(image)), {
    name: 'AggregateError',
    errors: [{ name: 'LeaseLost' }],
  })
  t.strictSame(await processor.handleUploadsCompleted([await messageOf(fixture, image)]), [])
})

test('a call without time left starts nothing, and its triggers are retried', async (t) => {
  const fixture = await createTestProcessor(t)
  const { clock } = fixture
  const { processor, letters, logLines } = compose(fixture, {
    processedBucket: {
      ...fixture.processedBucket,
      write: () => {
        clock.advance(200)
        return new Promise(() => {})
      },
    },
  })
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const messages = [await messageOf(fixture, image)]
  t.strictSame(await processor.handleUploadsCompleted(messages, { endsAtMs: clock.nowMs }), messages)
  t.match(await fixture.find(image), { status: 'pending', attempts: 0 })

  for (let attempts = 1; attempts <= 3; attempts++) {
    t.strictSame(await processor.handleUploadsCompleted(messages, { endsAtMs: clock.nowMs + 200 }), messages)
  }
  t.match(await fixture.find(image), { status: 'pending' }, 'interrupted, and released')
  t.match(logLines().at(-1), { level: 40, code: 'OUT_OF_TIME', imageId: image.imageId })
  t.strictSame(letters, [], 'no dead letter')
  await t.rejects(processor.handleObjectsCreated(objectsOf(image), { endsAtMs: clock.nowMs }), {
    errors: [{ name: 'OutOfTime' }],
  })
})

function compose(
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
  const processor = createProcessor({
    deps: { ...fixture.deps, ...deps },
    deadLetters,
    reconcile,
    imagesInFlight: 2,
    maxAttempts: 5,
    logger,
  })
  return { processor, letters, logLines: () => lines.map((line) => JSON.parse(line)) }
}

const objectsOf = (...images: ImageRef[]) => images.map((image) => ({ key: rawKey(image), sequencer: '00' }))

async function messageOf(fixture: TestProcessor, image: ImageRef): Promise<KafkaMessage> {
  const record = await fixture.find(image)
  if (!record) throw new Error('expected a record')
  const event = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs: 0 })
  return {
    topic: topics.uploadCompleted,
    partition: 0,
    offset: '1',
    timestamp: 0,
    key: Buffer.from(image.imageId),
    value: Buffer.from(JSON.stringify(event)),
    headers: [],
  }
}
