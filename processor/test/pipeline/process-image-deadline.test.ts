import { test } from 'tap'
import { createStepDeps, inspectedWork } from '../../../scripts/testkit/create-step-deps.ts'
import { createTestClock } from '../../../scripts/testkit/create-test-clock.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { createMemorySemaphore } from '../../imaging/memory-semaphore.ts'
import { runStepInTime, startDeadline } from '../../pipeline/deadline.ts'
import { processImage } from '../../pipeline/process-image.ts'
import type { ProcessorDeps, ProcessorLimits, Step } from '../../pipeline/stages.ts'

const forEver = () => new Promise<never>(() => {})

test('an image that times out is released, and rejected after the maximum of attempts', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const { limits } = fixture.deps
  const slow = hangingStore(fixture, limits.imageTimeoutMs)
  for (let attempts = 1; attempts <= limits.maxAttempts; attempts++) {
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
  const call = (ms: number) => ({ endsAtMs: fixture.clock.nowMs + ms })
  await t.rejects(processImage(image, hangingStore(fixture, 100), call(100)), { name: 'OutOfTime' })
  t.match(await processImage(image, fixture.deps, call(100)), { outcome: 'ready' })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
})

test('an attempt that started late in its call does not count', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const { clock } = fixture
  const late = () => ({ startedAtMs: clock.nowMs - 60_000, endsAtMs: clock.nowMs + 100 })
  for (let tries = 0; tries <= fixture.deps.limits.maxAttempts; tries++) {
    await t.rejects(processImage(image, hangingStore(fixture, 100), late()), {
      name: 'OutOfTime',
      hadItsTime: false,
    })
    const record = await fixture.find(image)
    t.match(record, { status: 'pending', attempts: 0, leaseOwner: undefined })
  }
  t.match(await processImage(image, fixture.deps), { outcome: 'ready' })
})

test('an attempt that had a whole call counts, even if the call was too short for it', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const { nowMs } = fixture.clock
  const whole = { startedAtMs: nowMs, endsAtMs: nowMs + 1_000 }
  await t.rejects(processImage(image, hangingStore(fixture, 1_000), whole), {
    name: 'OutOfTime',
    hadItsTime: true,
  })
  t.match(await fixture.find(image), { status: 'pending', attempts: 1 })
})

test('a rejection is recorded and published after the image timeout', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const write: TestProcessor['processedBucket']['write'] = async (...object) => {
    fixture.clock.advance(fixture.deps.limits.imageTimeoutMs + 1)
    return fixture.processedBucket.write(...object)
  }
  const late = { ...fixture.deps, processedBucket: { ...fixture.processedBucket, write } }
  t.match(await processImage(image, late), { outcome: 'rejected', reason: 'format_unsupported' })
})

test('a result recorded as the call ends is published by the next call', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(Buffer.from('text'), 'image/png')
  const call = { endsAtMs: fixture.clock.nowMs + 600_000 }
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
  const { deps, clock } = createStepDeps({ decodeTimeoutSeconds: 30, imageTimeoutMs: 60_000 })
  const work = await inspectedWork(await makeImage('png'), 'image/png', deps)
  const render: Step<'inspected'> = () => {
    clock.advance(60_000)
    return forEver()
  }
  const run = (deps: ProcessorDeps) => runStepInTime(render, work, deps, startDeadline(60_000, {}, deps))
  await t.rejects(run(deps), { name: 'Rejection', reason: 'processing_timeout' })
  await t.rejects(run(withLimits(deps, { decodeTimeoutSeconds: 600 })), { name: 'OutOfTime' })
})

test('an image that times out waiting for memory is released, never starts, and its attempt does not count', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('webp'), 'image/webp')
  const withMemory = createMemorySemaphore(1_000)
  const others = Promise.withResolvers<void>()
  const held = withMemory(1_000, () => others.promise)
  let isCrowded = true
  let begun = 0
  const crowded = withLimits(fixture.deps, {
    withMemory: (bytes, work, signal) => {
      const begin = () => {
        begun++
        return work()
      }
      const turn = withMemory(bytes, begin, signal)
      if (isCrowded) fixture.clock.advance(fixture.deps.limits.imageTimeoutMs)
      return turn
    },
  })
  await t.rejects(processImage(image, crowded), { name: 'OutOfTime', hadItsTime: false })
  t.match(await fixture.find(image), { status: 'pending', attempts: 0, leaseOwner: undefined })
  isCrowded = false
  others.resolve()
  await held
  await withMemory(1_000, async () => {})
  t.equal(begun, 0, 'the abandoned work never starts')
  t.match(await processImage(image, crowded), { outcome: 'ready' })
  t.ok(begun > 0)
})

test('time spent holding memory counts as work', async (t) => {
  const { deps, clock } = createStepDeps()
  const work = await inspectedWork(await makeImage('webp'), 'image/webp', deps)
  const { imageTimeoutMs } = deps.limits
  const decodeForEver = () => {
    clock.advance(imageTimeoutMs)
    return forEver()
  }
  const decode: Step<'inspected'> = (_, { limits }) => limits.withMemory(1, decodeForEver)
  await t.rejects(runStepInTime(decode, work, deps, startDeadline(imageTimeoutMs, {}, deps)), {
    name: 'Rejection',
    reason: 'processing_timeout',
  })
})

test('the limits of a step shrink with the time left', async (t) => {
  const { deps, clock } = createStepDeps({ decodeTimeoutSeconds: 30, imageTimeoutMs: 60_000 })
  const work = await inspectedWork(await makeImage('png'), 'image/png', deps)
  const deadline = startDeadline(60_000, {}, deps)
  const readLimits: Step<'inspected'> = async (work, { limits }) => {
    const { imageTimeoutMs, decodeTimeoutSeconds } = limits
    t.match({ imageTimeoutMs, decodeTimeoutSeconds }, { imageTimeoutMs: 60_000, decodeTimeoutSeconds: 30 })
    clock.advance(50_500)
    t.match(limits, { imageTimeoutMs: 9_500, decodeTimeoutSeconds: 11 }, 'also within one step')
    return work
  }
  await runStepInTime(readLimits, work, deps, deadline)
  deadline.clear()
})

test('the deadline is the earlier of image timeout and call end', async (t) => {
  const endOf = async (imageTimeoutMs: number, callMs: number) => {
    const clock = createTestClock(0)
    const deadline = startDeadline(imageTimeoutMs, { endsAtMs: callMs }, clock)
    const work = deadline.bound(forEver())
    const wholeMs = deadline.millisecondsLeft()
    clock.advance(Math.max(0, wholeMs - 1))
    t.equal(deadline.signal.aborted, wholeMs === 0)
    clock.advance(1)
    await t.rejects(work, { name: 'OutOfTime' })
    return wholeMs
  }
  t.equal(await endOf(3_600_000, 10), 10)
  t.equal(await endOf(10, 3_600_000), 10)
  t.equal(await endOf(3_600_000, -10), 0)
})

test('work that ends in time returns its result', async (t) => {
  const clock = createTestClock(0)
  const deadline = startDeadline(1_000, {}, clock)
  t.equal(await deadline.bound(Promise.resolve('done')), 'done')
  deadline.clear()
  clock.advance(1_000)
  t.notOk(deadline.signal.aborted, 'a cleared deadline never expires')
})

/** The first variant takes `ms` to store and is never stored. */
function hangingStore({ deps, clock }: TestProcessor, ms: number): ProcessorDeps {
  const write: TestProcessor['processedBucket']['write'] = (key, ...object) => {
    if (!key.endsWith('.webp')) return deps.processedBucket.write(key, ...object)
    clock.advance(ms)
    return forEver()
  }
  return { ...deps, processedBucket: { ...deps.processedBucket, write } }
}

function withLimits(deps: ProcessorDeps, limits: Partial<ProcessorLimits>): ProcessorDeps {
  return { ...deps, limits: { ...deps.limits, ...limits } }
}
