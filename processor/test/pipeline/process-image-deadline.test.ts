import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { createMemorySemaphore } from '../../imaging/memory-semaphore.ts'
import { runStepInTime, startDeadline } from '../../pipeline/deadline.ts'
import { processImage } from '../../pipeline/process-image.ts'
import type { ProcessorDeps, ProcessorLimits, Step, Work } from '../../pipeline/stages.ts'

const forEver = () => new Promise<never>(() => {})

test('an image that times out is released, and rejected after the maximum of attempts', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const slow = withLimits(hangingStore(fixture), { imageTimeoutMs: 300 })
  for (let attempts = 1; attempts <= fixture.deps.limits.maxAttempts; attempts++) {
    await t.rejects(processImage(image, slow), { name: 'OutOfTime' })
    t.match(
      await fixture.find(image),
      { status: 'pending', attempts },
      'released at once, and the attempt counts',
    )
  }
  t.match(await processImage(image, slow), { outcome: 'rejected', reason: 'processing_failed' })
})

test('an image that timed out can succeed on retry', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  await t.rejects(processImage(image, hangingStore(fixture), { endsAtMs: Date.now() + 100 }), {
    name: 'OutOfTime',
  })
  t.match(await processImage(image, fixture.deps, { endsAtMs: Date.now() + 600_000 }), { outcome: 'ready' })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
})

test('an attempt that started late in its call does not count', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const late = () => ({ startedAtMs: Date.now() - 60_000, endsAtMs: Date.now() + 100 })
  for (let tries = 0; tries <= fixture.deps.limits.maxAttempts; tries++) {
    await t.rejects(processImage(image, hangingStore(fixture), late()), {
      name: 'OutOfTime',
      hadItsTime: false,
    })
    const record = await fixture.find(image)
    t.match(record, { status: 'pending', attempts: 0, leaseOwner: undefined })
  }
  t.match(await processImage(image, fixture.deps), { outcome: 'ready' })
})

test('an attempt that had a whole call counts, even if the call is too short', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const whole = { startedAtMs: Date.now(), endsAtMs: Date.now() + 1_000 }
  await t.rejects(processImage(image, hangingStore(fixture), whole), { name: 'OutOfTime', hadItsTime: true })
  t.match(await fixture.find(image), { status: 'pending', attempts: 1 })
})

test('a rejection is recorded and published after the image timeout', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const write: TestProcessor['processedBucket']['write'] = async (...object) => {
    await sleep(2_100)
    return fixture.processedBucket.write(...object)
  }
  const late = withLimits(
    { ...fixture.deps, processedBucket: { ...fixture.processedBucket, write } },
    { imageTimeoutMs: 2_000 },
  )
  t.match(await processImage(image, late), { outcome: 'rejected', reason: 'format_unsupported' })
})

test('a result recorded as the call ends is published by the next call', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const call = { endsAtMs: Date.now() + 600_000 }
  const finish: typeof fixture.catalog.finish = async (...end) => {
    const record = await fixture.catalog.finish(...end)
    call.endsAtMs = 0
    return record
  }
  const late = { ...fixture.deps, catalog: { ...fixture.catalog, finish } }
  await t.rejects(processImage(image, late, call), { name: 'OutOfTime' })
  t.match(await fixture.find(image), { status: 'rejected', leaseOwner: undefined, pendingEvents: [{}] })
  t.strictSame(
    [fixture.eventsOf(image), fixture.processedBucket.writes],
    [[], []],
    'no event or manifest was written',
  )

  t.match(await processImage(image, fixture.deps), { outcome: 'rejected', reason: 'format_unsupported' })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.rejected.v1'])
  t.equal(fixture.processedBucket.writes.length, 1)
})

test('an image whose rendering used up the decode timeout is rejected', async (t) => {
  const { deps } = createStepDeps({ decodeTimeoutSeconds: 0.05, imageTimeoutMs: 100 })
  const work = await inspectedWork(await makeImage('png'), 'image/png', deps)
  const take = (deps: ProcessorDeps, work: Work<'inspected'>) =>
    runStepInTime(forEver, work, deps, startDeadline(deps.limits.imageTimeoutMs))
  await t.rejects(take(deps, { ...work, stage: 'inspected' } as Work<'inspected'>), {
    name: 'Rejection',
    reason: 'processing_timeout',
  })
  const patient = withLimits(deps, { decodeTimeoutSeconds: 600 })
  await t.rejects(take(patient, { ...work, stage: 'inspected' } as Work<'inspected'>), { name: 'OutOfTime' })
})

test('an image that times out waiting for memory is released, never starts, and its attempt does not count', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('webp'), 'image/webp')
  const withMemory = createMemorySemaphore(1_000)
  const others = Promise.withResolvers<void>()
  const held = withMemory(1_000, () => others.promise)
  let begun = 0
  const crowded = withLimits(fixture.deps, {
    imageTimeoutMs: 3_000,
    decodeTimeoutSeconds: 1,
    withMemory: (bytes, work, signal) => {
      const begin = () => {
        begun++
        return work()
      }
      return withMemory(bytes, begin, signal)
    },
  })
  await t.rejects(processImage(image, crowded), { name: 'OutOfTime', hadItsTime: false })
  t.match(await fixture.find(image), { status: 'pending', attempts: 0, leaseOwner: undefined })
  others.resolve()
  await held
  await withMemory(1_000, async () => {})
  t.equal(begun, 0, 'the abandoned work never starts')
  t.match(await processImage(image, crowded), { outcome: 'ready' })
  t.ok(begun > 0)
})

test('time spent holding memory counts as work', async (t) => {
  const { deps } = createStepDeps({ decodeTimeoutSeconds: 0.05, imageTimeoutMs: 100 })
  const work = await inspectedWork(await makeImage('webp'), 'image/webp', deps)
  const decode: Step<'inspected'> = (_, { limits }) => limits.withMemory(1, forEver)
  await t.rejects(
    runStepInTime(decode, work as Work<'inspected'>, deps, startDeadline(deps.limits.imageTimeoutMs)),
    { name: 'Rejection', reason: 'processing_timeout' },
  )
})

test('the limits of a step shrink with the time left', async (t) => {
  const { deps } = createStepDeps({ decodeTimeoutSeconds: 30, imageTimeoutMs: 60_000 })
  const work = await inspectedWork(await makeImage('png'), 'image/png', deps)
  const limitsWithin = async (wholeMs: number) => {
    const deadline = startDeadline(wholeMs)
    const seen = Promise.withResolvers<ProcessorLimits>()
    await runStepInTime(
      async (work, { limits }) => {
        seen.resolve(limits)
        return work
      },
      work as Work<'inspected'>,
      deps,
      deadline,
    )
    deadline.clear()
    return seen.promise
  }
  t.match(await limitsWithin(3_600_000), { decodeTimeoutSeconds: 30 })
  const short = await limitsWithin(9_000)
  t.ok(short.imageTimeoutMs <= 9_000)
  t.ok(short.decodeTimeoutSeconds <= 10 && Number.isInteger(short.decodeTimeoutSeconds))
})

test('the earlier of image timeout and call end applies', async (t) => {
  await t.rejects(startDeadline(3_600_000, { endsAtMs: Date.now() + 10 }).bound(forEver()), {
    name: 'OutOfTime',
  })
  await t.rejects(startDeadline(10, { endsAtMs: Date.now() + 3_600_000 }).bound(forEver()), {
    name: 'OutOfTime',
  })
  await t.rejects(startDeadline(3_600_000, { endsAtMs: Date.now() - 10 }).bound(forEver()), {
    name: 'OutOfTime',
  })
  const deadline = startDeadline(3_600_000)
  t.equal(await deadline.bound(Promise.resolve('done')), 'done')
  deadline.clear()
})

function hangingStore({ deps }: TestProcessor): ProcessorDeps {
  const write: TestProcessor['processedBucket']['write'] = (key, ...object) =>
    key.endsWith('.webp') ? forEver() : deps.processedBucket.write(key, ...object)
  return { ...deps, processedBucket: { ...deps.processedBucket, write } }
}

function withLimits(deps: ProcessorDeps, limits: Partial<ProcessorLimits>): ProcessorDeps {
  return { ...deps, limits: { ...deps.limits, ...limits } }
}
