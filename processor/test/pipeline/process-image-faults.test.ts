import { Readable } from 'node:stream'
import { test } from 'tap'
import { type Dependency, DependencyUnavailable } from '../../../core/errors.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage } from '../../pipeline/process-image.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'

/** Every call that the steps make, and the same deps with that one call failing. */
const faults: Record<string, (deps: ProcessorDeps) => ProcessorDeps> = {
  'catalog.claim': (deps) => ({ ...deps, catalog: { ...deps.catalog, claim: away('catalog') } }),
  'rawBucket.read': (deps) => ({ ...deps, rawBucket: { read: away('bucket') } }),
  'the body of rawBucket.read': (deps) => ({ ...deps, rawBucket: { read: readBrokenBody } }),
  'a body that ends early': (deps) => ({ ...deps, rawBucket: { read: readShortBody } }),
  'processedBucket.write of a variant': (deps) => ({
    ...deps,
    processedBucket: failingWrites(deps, '.webp'),
  }),
  'catalog.finish': (deps) => ({ ...deps, catalog: { ...deps.catalog, finish: away('catalog') } }),
  'processedBucket.write of the manifest': (deps) => ({
    ...deps,
    processedBucket: failingWrites(deps, '.json'),
  }),
}

test('an image is retried at once after any dependency was unavailable, and becomes ready', async (t) => {
  const fixture = await createTestProcessor(t)
  for (const [name, breakDeps] of Object.entries(faults)) {
    const image = await fixture.upload(await makeImage('png'), 'image/png')
    for (let attempt = 0; attempt < fixture.deps.limits.maxAttempts + 2; attempt++) {
      await t.rejects(processImage(image, breakDeps(fixture.deps)), { name: 'DependencyUnavailable' }, name)
    }
    t.match(await processImage(image, fixture.deps), { outcome: 'ready' }, `${name}: available again`)
    const record = await fixture.find(image)
    t.match(record, { status: 'ready', attempts: 1 }, `${name}: an outage is not counted as an attempt`)
    t.notOk(record?.pendingEvents)
    t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'], name)
  }
})

test('without Kafka the image becomes ready, and its event is left to a relay', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const deps = { ...fixture.deps, eventBus: { publish: away('events') } }
  t.match(await processImage(image, deps), { outcome: 'ready' })
  t.match(await fixture.find(image), {
    status: 'ready',
    pendingEvents: [{ type: 'hashgate.image.processed.v1' }],
  })
  t.strictSame(await owingImages(fixture), [image])

  t.match(await processImage(image, fixture.deps), { outcome: 'ready' }, 'another trigger publishes it')
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(await owingImages(fixture), [])
})

test('the gateway’s pending event is published before the processor’s', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const record = await fixture.find(image)
  if (!record) throw new Error('no record')
  const event = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs: 0 })
  await fixture.catalog.outbox.enqueue(record, event)
  t.match(await processImage(image, fixture.deps), { outcome: 'ready' })
  const types = ['hashgate.image.upload.completed.v1', 'hashgate.image.processed.v1']
  t.strictSame(fixture.eventsOf(image), types)
  t.strictSame(await owingImages(fixture), [])
})

test('a catalog that stays unavailable delays the image by one lease at most', async (t) => {
  const fixture = await createTestProcessor(t)
  const cases: Record<string, Partial<ProcessorDeps['catalog']>> = {
    finish: { finish: away('catalog'), release: away('catalog') },
    completeLease: { completeLease: away('catalog'), release: away('catalog') },
  }
  for (const [name, broken] of Object.entries(cases)) {
    const image = await fixture.upload(await makeImage('png'), 'image/png')
    const deps = { ...fixture.deps, catalog: { ...fixture.deps.catalog, ...broken } }
    await t.rejects(processImage(image, deps), { name: 'DependencyUnavailable' }, name)
    await t.rejects(processImage(image, fixture.deps), { name: 'LeaseLost' }, name)
    fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
    t.match(await processImage(image, fixture.deps), { outcome: 'ready' }, name)
    t.equal(new Set(fixture.eventsOf(image)).size, 1, 'a repeated event has the same id')
  }
})

test('an unexpected error does not reject the image', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const write = () => Promise.reject(new TypeError('our bug'))
  const deps = { ...fixture.deps, processedBucket: { ...fixture.processedBucket, write } }
  await t.rejects(processImage(image, deps), /our bug/)
  t.match(await fixture.find(image), { status: 'processing', attempts: 1 })
  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  t.match(await processImage(image, fixture.deps), { outcome: 'ready' })
})

async function owingImages({ catalog }: TestProcessor): Promise<ImageRef[]> {
  const images: ImageRef[] = []
  for await (const page of catalog.outbox.listPending()) images.push(...page)
  return images
}

function away(dependency: Dependency): () => Promise<never> {
  return () => Promise.reject(new DependencyUnavailable(dependency, new Error('unplugged')))
}

function failingWrites(deps: ProcessorDeps, extension: string): ProcessorDeps['processedBucket'] {
  return {
    ...deps.processedBucket,
    write: (key, ...rest) =>
      key.endsWith(extension) ? away('bucket')() : deps.processedBucket.write(key, ...rest),
  }
}

async function readBrokenBody() {
  const body = Readable.from(
    (async function* () {
      yield Buffer.alloc(10)
      throw new Error('aborted')
    })(),
  )
  return { byteLength: 100, contentType: 'image/png', body }
}

async function readShortBody() {
  return { byteLength: 100, contentType: 'image/png', body: Readable.from([Buffer.alloc(10)]) }
}
