import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { DependencyUnavailable, LeaseLost } from '../../../core/errors.ts'
import { manifestKey, rawKey, variantKey } from '../../../core/images/object-key.ts'
import { readVariants } from '../../../core/images/read-variants.ts'
import { hashRecipe } from '../../../core/images/recipe.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage, reprocessImage } from '../../pipeline/process-image.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'
import { createReconcile } from '../../triggers/reconcile.ts'

const table = readVariants(
  JSON.stringify([
    { name: 'thumb', width: 100, height: 100, fit: 'cover' },
    { name: 'share', width: 200, height: 200, format: 'jpeg', background: '#ffffff' },
  ]),
)
const recipe = hashRecipe(table, { keepLocation: false })
const events = ['hashgate.image.processed.v1', 'hashgate.image.reprocessed.v1']

/** A fixture with one image made with the default table, and the same fixture with another table. */
async function makeReady(t: Parameters<typeof createTestProcessor>[0]) {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  await processImage(image, fixture.deps)
  const before = await fixture.find(image)
  fixture.processedBucket.writes.length = 0
  const deps: ProcessorDeps = { ...fixture.deps, variants: table, recipe }
  return { fixture, image, deps, before }
}

const keysOf = (fixture: TestProcessor) => [...fixture.processedBucket.objects.keys()].sort()

test('reprocessing replaces the variants in the record, and URLs of the previous ones keep working', async (t) => {
  const { fixture, image, deps, before } = await makeReady(t)
  fixture.clock.nowMs += 60_000
  t.match(await reprocessImage(image, deps), { outcome: 'ready' })

  const record = await fixture.find(image)
  t.match(record, {
    status: 'ready',
    recipe,
    finishedAt: before?.finishedAt,
    reprocessedAt: new Date(fixture.clock.nowMs).toISOString(),
    image: {
      variants: [
        { name: 'thumb', width: 100 },
        { name: 'share', contentType: 'image/jpeg' },
      ],
    },
  })
  for (const gone of ['leaseOwner', 'pendingEvents']) t.notOk(gone in (record ?? {}), gone)
  t.strictSame(
    keysOf(fixture),
    [
      ...['thumb', 'medium', 'large'].map((name) => variantKey(image, fixture.deps.recipe, name, 'webp')),
      variantKey(image, recipe, 'thumb', 'webp'),
      variantKey(image, recipe, 'share', 'jpg'),
      manifestKey(image),
    ].sort(),
  )
  const manifest = JSON.parse(String(fixture.processedBucket.objects.get(manifestKey(image))?.bytes))
  t.match(manifest, {
    recipe,
    remadeAt: record?.reprocessedAt,
    variants: [{ name: 'thumb' }, { name: 'share' }],
  })
  t.strictSame(fixture.eventsOf(image), events)

  const writes = fixture.processedBucket.writes.length
  t.match(await reprocessImage(image, deps), { outcome: 'already finished' }, 'and only once')
  t.equal(fixture.processedBucket.writes.length, writes)
  t.match(await processImage(image, deps), { outcome: 'already finished' }, 'a late trigger changes nothing')
  t.strictSame(fixture.eventsOf(image), events)
})

test('reprocessing twice publishes two distinct events', async (t) => {
  const { fixture, image, deps } = await makeReady(t)
  await reprocessImage(image, deps)
  fixture.clock.nowMs += 1_000
  await reprocessImage(image, fixture.deps)
  const ids = fixture.eventBus.published.map(({ id }) => id)
  t.equal(new Set(ids).size, 3)
})

test('twenty concurrent calls have one effect', async (t) => {
  const { fixture, image, deps } = await makeReady(t)
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => askWhileBusy(image, deps)))
  t.equal(outcomes.filter((outcome) => outcome === 'ready').length, 1)
  t.equal(outcomes.filter((outcome) => outcome === 'already finished').length, 19)
  t.strictSame(fixture.eventsOf(image), events)
  t.equal(fixture.processedBucket.writes.length, 3)
})

test('during reprocessing every variant in the record can be read', async (t) => {
  const { fixture, image, deps } = await makeReady(t)
  const seen: boolean[] = []
  const look = async () => {
    const record = await fixture.find(image)
    const keys = record?.image?.variants.map(({ key }) => key) ?? []
    seen.push(
      record?.status === 'ready' &&
        keys.length > 0 &&
        keys.every((key) => fixture.processedBucket.objects.has(key)),
    )
  }
  const watched: ProcessorDeps = {
    ...deps,
    processedBucket: {
      ...fixture.processedBucket,
      write: (...object) => look().then(() => fixture.processedBucket.write(...object)),
    },
    eventBus: { publish: (event) => look().then(() => fixture.eventBus.publish(event)) },
  }
  await reprocessImage(image, watched)
  await look()
  t.ok(seen.length > 4)
  t.notOk(seen.includes(false))
})

test('a worker that dies before recording leaves the image unchanged for the next worker', async (t) => {
  const { fixture, image, deps, before } = await makeReady(t)
  const write = () => Promise.reject(new Error('killed'))
  await t.rejects(
    reprocessImage(image, { ...deps, processedBucket: { ...deps.processedBucket, write } }),
    /killed/,
  )
  t.match(await fixture.find(image), { status: 'ready', recipe: before?.recipe, image: before?.image })
  await t.rejects(reprocessImage(image, deps), LeaseLost, 'it waits until the lease expires')
  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  t.match(await reprocessImage(image, deps), { outcome: 'ready' })
  t.strictSame(fixture.eventsOf(image), events)
})

test('an image that repeatedly kills its workers is unchanged', async (t) => {
  const { fixture, image, deps, before } = await makeReady(t)
  const { leaseMs, maxAttempts } = deps.limits
  const write = () => Promise.reject(new Error('killed'))
  const killing: ProcessorDeps = { ...deps, processedBucket: { ...deps.processedBucket, write } }
  for (let start = 0; start < maxAttempts; start++) {
    await t.rejects(reprocessImage(image, killing), /killed/)
    fixture.clock.nowMs += leaseMs + 1
  }
  for (let again = 0; again < 2; again++) {
    t.match(await reprocessImage(image, killing), { outcome: 'unchanged', reason: 'processing_failed' })
  }
  t.match(await fixture.find(image), {
    status: 'ready',
    attempts: before?.attempts,
    reprocessAttempts: maxAttempts,
  })

  const limits = { ...deps.limits, maxAttempts: maxAttempts + 1 }
  t.match(await reprocessImage(image, { ...deps, limits }), { outcome: 'ready' }, 'once the limit is raised')
  t.match(await fixture.find(image), { recipe, attempts: before?.attempts, reprocessAttempts: undefined })
})

test('the reconciler completes the image of a worker that died after recording', async (t) => {
  const { fixture, image, deps } = await makeReady(t)
  const killed = () => Promise.reject(new Error('killed'))
  await t.rejects(reprocessImage(image, { ...deps, eventBus: { publish: killed } }), /killed/)
  t.match(await fixture.find(image), { status: 'ready', recipe })
  t.strictSame(fixture.eventsOf(image), events.slice(0, 1))

  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  const reconcile = createReconcile({ ...fixture, now: () => fixture.clock.nowMs })
  await reconcile((found) => processImage(found, fixture.deps))
  t.strictSame(fixture.eventsOf(image), events)
})

test('a worker that outlives its lease changes nothing that another worker stored', async (t) => {
  for (const asleepBefore of ['the variants', 'the manifest']) {
    const { fixture, image, deps } = await makeReady(t)
    let stored = new Map()
    let sleeping: Promise<void> | undefined
    /** Other workers finish the suspended worker's image, and an operator reprocesses it with the first table. */
    const sleepLong = async () => {
      fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
      await createReconcile({ ...fixture, now: () => fixture.clock.nowMs })((found) =>
        processImage(found, fixture.deps),
      )
      await reprocessImage(image, deps)
      await reprocessImage(image, fixture.deps)
      stored = new Map(fixture.processedBucket.objects)
    }
    const asleep: ProcessorDeps =
      asleepBefore === 'the manifest'
        ? {
            ...deps,
            catalog: {
              ...fixture.catalog,
              completeReprocess: (...end) => fixture.catalog.completeReprocess(...end).finally(sleepLong),
            },
          }
        : {
            ...deps,
            processedBucket: {
              ...fixture.processedBucket,
              write: async (...object) => {
                sleeping ??= sleepLong()
                await sleeping
                return fixture.processedBucket.write(...object)
              },
            },
          }
    await t.rejects(reprocessImage(image, asleep), LeaseLost, asleepBefore)

    t.equal((await fixture.find(image))?.recipe, fixture.deps.recipe)
    t.ok(stored.size > 0)
    t.strictSame(fixture.processedBucket.objects, stored, `${asleepBefore}: every object is unchanged`)
  }
})

test('the event stays pending while Kafka is unavailable', async (t) => {
  const { fixture, image, deps } = await makeReady(t)
  const publish = () => Promise.reject(new DependencyUnavailable('events', new Error('unplugged')))
  t.match(await reprocessImage(image, { ...deps, eventBus: { publish } }), { outcome: 'ready' })
  t.match(await fixture.find(image), { recipe, pendingEvents: [{ type: events[1] }] })
})

test('an unavailable dependency releases the image at once', async (t) => {
  const { fixture, image, deps, before } = await makeReady(t)
  const read = () => Promise.reject(new DependencyUnavailable('bucket', new Error('unplugged')))
  await t.rejects(reprocessImage(image, { ...deps, rawBucket: { read } }), DependencyUnavailable)
  t.strictSame(await fixture.find(image), before)
})

test('an image that cannot be reprocessed is unchanged', async (t) => {
  const { fixture, image, deps, before } = await makeReady(t)
  const limits = { ...deps.limits, maxInputPixels: 10 }
  t.match(await reprocessImage(image, { ...deps, limits }), {
    outcome: 'unchanged',
    reason: 'too_many_pixels',
  })
  t.strictSame(await fixture.find(image), before)

  fixture.rawBucket.objects.delete(rawKey(image))
  t.match(await reprocessImage(image, deps), { outcome: 'not uploaded' })
  t.strictSame(await fixture.find(image), before)
  t.equal(keysOf(fixture).length, 4)
  t.strictSame(fixture.eventsOf(image), events.slice(0, 1))
})

test('expired and rejected images are not reprocessed', async (t) => {
  const { fixture, image, deps } = await makeReady(t)
  const broken = await fixture.upload(Buffer.from('\x89PNG\r\n\x1a\nbroken', 'latin1'), 'image/png')
  await processImage(broken, fixture.deps)
  const rejected = await fixture.find(broken)
  t.match(await reprocessImage(broken, deps), { outcome: 'already finished' })
  t.strictSame(await fixture.find(broken), rejected)

  fixture.clock.nowMs += 7 * 86_400_000
  const writes = fixture.processedBucket.writes.length
  t.match(await reprocessImage(image, deps), { outcome: 'expired' })
  t.equal(fixture.processedBucket.writes.length, writes)
})

async function askWhileBusy(...call: Parameters<typeof reprocessImage>): Promise<string> {
  for (;;) {
    try {
      return (await reprocessImage(...call)).outcome
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      await sleep(5)
    }
  }
}
