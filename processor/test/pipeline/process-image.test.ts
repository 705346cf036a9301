import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { LeaseUnavailable } from '../../../core/errors.ts'
import { manifestKey, rawKey, variantKey } from '../../../core/images/object-key.ts'
import { acceptedFormats } from '../../../core/images/variants.ts'
import { createTestRoom } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage } from '../../pipeline/process-image.ts'
import type { ProcessorDeps } from '../../pipeline/stages.ts'

const formats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const

test('every accepted format ends ready', async (t) => {
  const room = await createTestRoom(t)
  for (const format of formats) {
    const image = await room.upload(await makeImage(format), acceptedFormats[format])
    t.match(await processImage(image, room.deps), { outcome: 'ready' }, format)
    const record = await room.find(image)
    const described = { format, width: 320, height: 240, dominantColor: /^#[0-9a-f]{6}$/, placeholder: /./ }
    t.match(record, { status: 'ready', attempts: 1, image: described }, format)
    t.strictSame(
      record?.image?.variants.map(({ name, key, width, height }) => [name, key, width, height]),
      [
        ['thumb', variantKey(image, 'thumb', 'webp'), 240, 240],
        ['medium', variantKey(image, 'medium', 'webp'), 320, 240],
        ['large', variantKey(image, 'large', 'webp'), 320, 240],
      ],
    )
    for (const { key, byteLength } of record?.image?.variants ?? []) {
      t.equal(room.processedBucket.objects.get(key)?.bytes.length, byteLength, key)
    }
    t.notOk(record?.leaseOwner, 'the lease is given back')
    t.notOk(record?.owedEvents, 'nothing is owed')
    t.strictSame(room.eventsOf(image), ['hashgate.image.processed.v1'])
  }
})

test('twenty at once make one effect', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('jpeg'), 'image/jpeg')
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => redeliverWhileBusy(image, room.deps)))

  t.equal(outcomes.filter((outcome) => outcome === 'ready').length, 1, 'one does the work')
  t.equal(outcomes.filter((outcome) => outcome === 'finished before').length, 19)
  t.strictSame(room.rawBucket.reads, [rawKey(image)], 'one claim leads to one fetch')
  const keys = ['thumb', 'medium', 'large'].map((name) => variantKey(image, name, 'webp'))
  t.strictSame(
    room.processedBucket.writes.toSorted(),
    [...keys, manifestKey(image)].sort(),
    'one set of variants',
  )
  t.strictSame(room.eventsOf(image), ['hashgate.image.processed.v1'], 'one event')
  t.match(await room.find(image), { status: 'ready', attempts: 1 })

  t.match(
    await processImage(image, room.deps),
    { outcome: 'finished before' },
    'and a late delivery changes nothing',
  )
  t.equal(room.processedBucket.writes.length, 4)
})

test('a trigger of another life is acknowledged and ignored', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  const stale = { ...image, generation: '20261101' }
  t.match(await processImage(stale, room.deps), { outcome: 'gone' })
  t.match(
    await processImage({ ...image, imageId: '0'.repeat(64) }, room.deps),
    { outcome: 'gone' },
    'no record',
  )
  t.match(await room.find(image), { status: 'pending', attempts: 0 })

  room.clock.nowMs += 7 * 86_400_000
  t.match(await processImage(image, room.deps), { outcome: 'gone' }, 'its retention is over')
  t.equal(room.rawBucket.reads.length, 0)
})

test('without bytes the image is pending again', async (t) => {
  const room = await createTestRoom(t)
  const bytes = await makeImage('png')
  const image = await room.register(bytes, 'image/png')
  t.match(await processImage(image, room.deps), { outcome: 'no bytes' })
  const record = await room.find(image)
  t.match(record, { status: 'pending', attempts: 0 })
  t.notOk(record?.leaseOwner)

  await room.upload(bytes, 'image/png')
  t.match(await processImage(image, room.deps), { outcome: 'ready' }, 'and can be worked on at once')
})

test('a worker that was too slow leaves the result to the one that took over', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  let successor: Promise<unknown> | undefined
  const slow: ProcessorDeps = {
    ...room.deps,
    processedBucket: {
      ...room.processedBucket,
      async write(...object) {
        room.clock.nowMs += room.deps.limits.leaseMs + 1
        successor ??= processImage(image, room.deps)
        await successor
        return room.processedBucket.write(...object)
      },
    },
  }
  await t.rejects(processImage(image, slow), { name: 'LeaseUnavailable' })
  t.match(await successor, { outcome: 'ready' })
  t.match(await room.find(image), { status: 'ready', attempts: 2 })
  t.strictSame(room.eventsOf(image), ['hashgate.image.processed.v1'], 'only the successor speaks')
  t.match(await processImage(image, room.deps), { outcome: 'finished before' })
})

test('a worker that dies between record and event leaves the event to the next delivery', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  const dying: ProcessorDeps = {
    ...room.deps,
    eventBus: { publish: () => Promise.reject(new Error('killed')) },
  }
  await t.rejects(processImage(image, dying), /killed/)
  t.match(await room.find(image), { status: 'ready', owedEvents: [{ type: 'hashgate.image.processed.v1' }] })
  t.strictSame(room.eventsOf(image), [])

  await t.rejects(
    processImage(image, room.deps),
    { name: 'LeaseUnavailable' },
    'while the lease runs, it waits',
  )
  room.clock.nowMs += room.deps.limits.leaseMs + 1
  const variantWrites = room.processedBucket.writes.length
  t.match(await processImage(image, room.deps), { outcome: 'ready' })
  t.strictSame(room.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(
    room.processedBucket.writes.slice(variantWrites),
    [manifestKey(image)],
    'nothing is rendered again',
  )
  t.notOk((await room.find(image))?.owedEvents)
  t.match(await processImage(image, room.deps), { outcome: 'finished before' })
})

test('an image that ends every worker is given up', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  for (let attempt = 1; attempt <= room.deps.limits.maxAttempts; attempt++) {
    t.match(await room.catalog.claim(image, `killed-${attempt}`, 1_000), { outcome: 'claimed' })
    room.clock.nowMs += 1_001
  }
  t.match(await processImage(image, room.deps), { outcome: 'rejected', reason: 'processing_failed' })
  t.match(await room.find(image), { status: 'rejected', rejection: { detail: /tried several times/ } })
  t.strictSame(room.eventsOf(image), ['hashgate.image.rejected.v1'])
  t.equal(room.rawBucket.reads.length, 0, 'its bytes are not touched again')
})

async function redeliverWhileBusy(...delivery: Parameters<typeof processImage>): Promise<string> {
  for (;;) {
    try {
      return (await processImage(...delivery)).outcome
    } catch (error) {
      if (!(error instanceof LeaseUnavailable)) throw error
      await sleep(5)
    }
  }
}
