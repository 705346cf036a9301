import { test } from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import { createTestRoom, type TestRoom } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage } from '../../pipeline/process-image.ts'
import { createReconcile } from '../../triggers/reconcile.ts'

const checkAfterMs = 300_000

/** One round, with the real pipeline behind it. Returns the images that it worked on. */
async function reconcileOnce(room: TestRoom): Promise<ImageRef[]> {
  const worked: ImageRef[] = []
  await createReconcile(room.deps)(async (image) => {
    worked.push(image)
    await processImage(image, room.deps)
  })
  return worked
}

test('a pending image whose bytes are there is processed, some minutes after it was asked for', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  t.strictSame(await reconcileOnce(room), [], 'its triggers may still come')
  room.clock.nowMs += checkAfterMs
  t.strictSame(await reconcileOnce(room), [image])
  t.match(await room.find(image), { status: 'ready' })
  t.strictSame(room.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(await reconcileOnce(room), [], 'and never again')
})

test('one without bytes is looked at ever more rarely, and found when they have come', async (t) => {
  const room = await createTestRoom(t)
  const bytes = await makeImage('png')
  const image = await room.register(bytes, 'image/png')
  const heads: number[] = []
  const { head } = room.deps.rawBucket
  room.deps.rawBucket.head = async (key) => {
    heads.push(room.clock.nowMs)
    return head(key)
  }
  for (let quarter = 0; quarter < 24 * 4; quarter++) {
    room.clock.nowMs += 15 * 60_000
    t.equal((await reconcileOnce(room)).length, 0)
  }
  t.ok(heads.length > 4 && heads.length < 10, `${heads.length} looks in a day`)
  t.match(await room.find(image), { status: 'pending', attempts: 0 })

  await room.upload(bytes, 'image/png')
  room.clock.nowMs += 24 * 3_600_000
  t.strictSame(await reconcileOnce(room), [image])
  t.match(await room.find(image), { status: 'ready' })
})

test('the lease of a killed worker is taken over when it is over', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  room.clock.nowMs += checkAfterMs
  await room.catalog.claim(image, 'killed', 60_000)
  t.strictSame(await reconcileOnce(room), [image], 'tried')
  t.match(await room.find(image), { status: 'processing', leaseOwner: 'killed' }, 'but not before')
  room.clock.nowMs += 60_000
  await reconcileOnce(room)
  t.match(await room.find(image), { status: 'ready' })
})

test('a final record whose worker died before its event is announced', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  const dying = { ...room.deps, eventBus: { publish: () => Promise.reject(new Error('killed')) } }
  await t.rejects(processImage(image, dying), /killed/)
  room.clock.nowMs += checkAfterMs
  await reconcileOnce(room)
  t.strictSame(room.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(await reconcileOnce(room), [])
})

test('past its life an image is left alone', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  room.clock.nowMs += 8 * 86_400_000
  t.strictSame(await reconcileOnce(room), [])
  t.strictSame(room.eventsOf(image), [])
  t.strictSame(await listUnfinished(room), [], 'and not looked at again')
})

test('an image that cannot be processed does not keep the others from it', async (t) => {
  const room = await createTestRoom(t)
  const images = [
    await room.upload(await makeImage('png'), 'image/png'),
    await room.upload(await makeImage('jpeg'), 'image/jpeg'),
  ]
  room.clock.nowMs += checkAfterMs
  const seen: ImageRef[] = []
  await createReconcile(room.deps)(async (image) => {
    seen.push(image)
    if (seen.length === 1) throw new TypeError('our bug')
  })
  t.equal(seen.length, images.length)
})

test('a part that is away is told at the end of the round, and the next one finds the image', async (t) => {
  const room = await createTestRoom(t)
  const image = await room.upload(await makeImage('png'), 'image/png')
  room.clock.nowMs += checkAfterMs
  const away = () => Promise.reject(new DependencyUnavailable('bucket'))
  const reconcile = createReconcile({ ...room.deps, rawBucket: { head: away } })
  await t.rejects(
    reconcile(async () => {}),
    DependencyUnavailable,
  )
  t.strictSame(await reconcileOnce(room), [image])
})

test('an image that cannot be read does not keep those behind it from being looked after', async (t) => {
  const room = await createTestRoom(t)
  const images = await Promise.all(
    Array.from({ length: 60 }, async () => room.upload(await makeImage('png'), 'image/png')),
  )
  room.clock.nowMs += checkAfterMs
  const seen = new Set<string>()
  const reconcile = createReconcile(room.deps)
  const round = reconcile(async ({ imageId }) => {
    seen.add(imageId)
    throw new DependencyUnavailable('bucket')
  })
  await t.rejects(round, DependencyUnavailable)
  t.equal(seen.size, images.length)
})

test('the last look is an hour before the end', async (t) => {
  const room = await createTestRoom(t)
  const bytes = await makeImage('png')
  const image = await room.register(bytes, 'image/png')
  room.clock.nowMs += 5 * 86_400_000
  t.strictSame(await reconcileOnce(room), [])
  await room.upload(bytes, 'image/png')
  room.clock.nowMs += 2 * 86_400_000 - 3_600_000
  t.strictSame(await reconcileOnce(room), [image])
})

async function listUnfinished({ catalog }: TestRoom): Promise<ImageRef[]> {
  const images: ImageRef[] = []
  for await (const page of catalog.listUnfinished()) images.push(...page)
  return images
}
