import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { LeaseLost } from '../../../core/errors.ts'
import { acceptedFormats } from '../../../core/images/formats.ts'
import { manifestKey, rawKey, variantKey } from '../../../core/images/object-key.ts'
import { createTestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage } from '../../pipeline/process-image.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'

const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

test('an image of every accepted format becomes ready', async (t) => {
  const fixture = await createTestProcessor(t)
  for (const format of formats) {
    const image = await fixture.upload(await makeImage(format), acceptedFormats[format])
    t.match(await processImage(image, fixture.deps), { outcome: 'ready' }, format)
    const record = await fixture.find(image)
    const described = { format, width: 320, height: 240, dominantColor: /^#[0-9a-f]{6}$/, placeholder: /./ }
    t.match(record, { status: 'ready', attempts: 1, image: described }, format)
    t.strictSame(
      record?.image?.variants.map(({ name, key, width, height }) => [name, key, width, height]),
      [
        ['thumb', variantKey(image, fixture.deps.recipe, 'thumb', 'webp'), 240, 240],
        ['medium', variantKey(image, fixture.deps.recipe, 'medium', 'webp'), 320, 240],
        ['large', variantKey(image, fixture.deps.recipe, 'large', 'webp'), 320, 240],
      ],
    )
    for (const { key, byteLength } of record?.image?.variants ?? []) {
      t.equal(fixture.processedBucket.objects.get(key)?.bytes.length, byteLength, key)
    }
    t.notOk(record?.leaseOwner, 'the lease is released')
    t.notOk(record?.pendingEvents, 'no event is pending')
    t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  }
})

test('twenty concurrent calls have one effect', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('jpeg'), 'image/jpeg')
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => redeliverWhileBusy(image, fixture.deps)),
  )

  t.equal(outcomes.filter((outcome) => outcome === 'ready').length, 1, 'one call does the work')
  t.equal(outcomes.filter((outcome) => outcome === 'already finished').length, 19)
  t.strictSame(fixture.rawBucket.reads, [rawKey(image)], 'one claim leads to one fetch')
  const keys = ['thumb', 'medium', 'large'].map((name) =>
    variantKey(image, fixture.deps.recipe, name, 'webp'),
  )
  t.strictSame(
    fixture.processedBucket.writes.toSorted(),
    [...keys, manifestKey(image)].sort(),
    'one set of variants',
  )
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'], 'one event')
  t.match(await fixture.find(image), { status: 'ready', attempts: 1 })

  t.match(
    await processImage(image, fixture.deps),
    { outcome: 'already finished' },
    'a late delivery changes nothing',
  )
  t.equal(fixture.processedBucket.writes.length, 4)
})

test('a trigger of another generation is acknowledged and ignored', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const stale = { ...image, generation: '20261101' }
  t.match(await processImage(stale, fixture.deps), { outcome: 'expired' })
  t.match(
    await processImage({ ...image, imageId: '0'.repeat(64) }, fixture.deps),
    { outcome: 'expired' },
    'no record',
  )
  t.match(await fixture.find(image), { status: 'pending', attempts: 0 })

  fixture.clock.nowMs += 7 * 86_400_000
  t.match(await processImage(image, fixture.deps), { outcome: 'expired' }, 'past its retention')
  t.equal(fixture.rawBucket.reads.length, 0)
})

test('an image without an upload returns to pending', async (t) => {
  const fixture = await createTestProcessor(t)
  const bytes = await makeImage('png')
  const image = await fixture.register(bytes, 'image/png')
  t.match(await processImage(image, fixture.deps), { outcome: 'not uploaded' })
  const record = await fixture.find(image)
  t.match(record, { status: 'pending', attempts: 0 })
  t.notOk(record?.leaseOwner)

  await fixture.upload(bytes, 'image/png')
  t.match(await processImage(image, fixture.deps), { outcome: 'ready' }, 'it can be processed at once')
})

test('a worker that lost its lease leaves the result to its successor', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  let successor: Promise<unknown> | undefined
  const slow: ProcessorDeps = {
    ...fixture.deps,
    processedBucket: {
      ...fixture.processedBucket,
      async write(...object) {
        fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
        successor ??= processImage(image, fixture.deps)
        await successor
        return fixture.processedBucket.write(...object)
      },
    },
  }
  await t.rejects(processImage(image, slow), { name: 'LeaseLost' })
  t.match(await successor, { outcome: 'ready' })
  t.match(await fixture.find(image), { status: 'ready', attempts: 2 })
  t.strictSame(
    fixture.eventsOf(image),
    ['hashgate.image.processed.v1'],
    'only the successor publishes an event',
  )
  t.match(await processImage(image, fixture.deps), { outcome: 'already finished' })
})

test('the next delivery publishes the event of a worker that died after recording', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const dying: ProcessorDeps = {
    ...fixture.deps,
    eventBus: { publish: () => Promise.reject(new Error('killed')) },
  }
  await t.rejects(processImage(image, dying), /killed/)
  t.match(await fixture.find(image), {
    status: 'ready',
    pendingEvents: [{ type: 'hashgate.image.processed.v1' }],
  })
  t.strictSame(fixture.eventsOf(image), [])

  await t.rejects(
    processImage(image, fixture.deps),
    { name: 'LeaseLost' },
    'it waits until the lease expires',
  )
  fixture.clock.nowMs += fixture.deps.limits.leaseMs + 1
  const variantWrites = fixture.processedBucket.writes.length
  t.match(await processImage(image, fixture.deps), { outcome: 'ready' })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(
    fixture.processedBucket.writes.slice(variantWrites),
    [manifestKey(image)],
    'nothing is rendered again',
  )
  t.notOk((await fixture.find(image))?.pendingEvents)
  t.match(await processImage(image, fixture.deps), { outcome: 'already finished' })
})

test('an image that kills every worker is rejected', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  for (let attempt = 1; attempt <= fixture.deps.limits.maxAttempts; attempt++) {
    t.match(await fixture.catalog.claim(image, `killed-${attempt}`, 1_000), { outcome: 'claimed' })
    fixture.clock.nowMs += 1_001
  }
  t.match(await processImage(image, fixture.deps), { outcome: 'rejected', reason: 'processing_failed' })
  t.match(await fixture.find(image), { status: 'rejected', rejection: { detail: /tried several times/ } })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.rejected.v1'])
  t.equal(fixture.rawBucket.reads.length, 0, 'its bytes are not read again')
})

async function redeliverWhileBusy(...delivery: Parameters<typeof processImage>): Promise<string> {
  for (;;) {
    try {
      return (await processImage(...delivery)).outcome
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      await sleep(5)
    }
  }
}
