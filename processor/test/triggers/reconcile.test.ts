import { test } from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import type { ImageRef } from '../../../core/images/object-key.ts'
import { createTestProcessor, type TestProcessor } from '../../../scripts/testkit/create-test-processor.ts'
import { makeImage } from '../../../scripts/testkit/images/make-image.ts'
import { processImage } from '../../pipeline/process-image.ts'
import { createReconcile } from '../../triggers/reconcile.ts'

const checkAfterMs = 300_000

/** One round, with the real pipeline behind it. Returns the images that it worked on. */
async function reconcileOnce(fixture: TestProcessor): Promise<ImageRef[]> {
  const worked: ImageRef[] = []
  await createReconcile(fixture.deps)(async (image) => {
    worked.push(image)
    await processImage(image, fixture.deps)
  })
  return worked
}

test('a pending image that was uploaded is processed minutes after its request', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  t.strictSame(await reconcileOnce(fixture), [], 'its triggers may still arrive')
  fixture.clock.nowMs += checkAfterMs
  t.strictSame(await reconcileOnce(fixture), [image])
  t.match(await fixture.find(image), { status: 'ready' })
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(await reconcileOnce(fixture), [], 'it is processed only once')
})

test('an image without an upload is checked less and less often, and processed once uploaded', async (t) => {
  const fixture = await createTestProcessor(t)
  const bytes = await makeImage('png')
  const image = await fixture.register(bytes, 'image/png')
  const heads: number[] = []
  const { head } = fixture.deps.rawBucket
  fixture.deps.rawBucket.head = async (key) => {
    heads.push(fixture.clock.nowMs)
    return head(key)
  }
  for (let quarter = 0; quarter < 24 * 4; quarter++) {
    fixture.clock.nowMs += 15 * 60_000
    t.equal((await reconcileOnce(fixture)).length, 0)
  }
  t.ok(heads.length > 4 && heads.length < 10, `${heads.length} checks in a day`)
  t.match(await fixture.find(image), { status: 'pending', attempts: 0 })

  await fixture.upload(bytes, 'image/png')
  fixture.clock.nowMs += 24 * 3_600_000
  t.strictSame(await reconcileOnce(fixture), [image])
  t.match(await fixture.find(image), { status: 'ready' })
})

test('the lease of a killed worker is taken over once it expires', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  fixture.clock.nowMs += checkAfterMs
  await fixture.catalog.claim(image, 'killed', 60_000)
  t.strictSame(await reconcileOnce(fixture), [image], 'tried')
  t.match(
    await fixture.find(image),
    { status: 'processing', leaseOwner: 'killed' },
    'not before the lease expires',
  )
  fixture.clock.nowMs += 60_000
  await reconcileOnce(fixture)
  t.match(await fixture.find(image), { status: 'ready' })
})

test('the pending event of a dead worker is published', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const dying = { ...fixture.deps, eventBus: { publish: () => Promise.reject(new Error('killed')) } }
  await t.rejects(processImage(image, dying), /killed/)
  fixture.clock.nowMs += checkAfterMs
  await reconcileOnce(fixture)
  t.strictSame(fixture.eventsOf(image), ['hashgate.image.processed.v1'])
  t.strictSame(await reconcileOnce(fixture), [])
})

test('an expired image is ignored', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  fixture.clock.nowMs += 8 * 86_400_000
  t.strictSame(await reconcileOnce(fixture), [])
  t.strictSame(fixture.eventsOf(image), [])
  t.strictSame(await listUnfinished(fixture), [], 'it is not checked again')
})

test('an image that fails does not block the others', async (t) => {
  const fixture = await createTestProcessor(t)
  const images = [
    await fixture.upload(await makeImage('png'), 'image/png'),
    await fixture.upload(await makeImage('jpeg'), 'image/jpeg'),
  ]
  fixture.clock.nowMs += checkAfterMs
  const seen: ImageRef[] = []
  await createReconcile(fixture.deps)(async (image) => {
    seen.push(image)
    if (seen.length === 1) throw new TypeError('our bug')
  })
  t.equal(seen.length, images.length)
})

test('an unavailable dependency is reported at the end of the run, and the next run retries the image', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  fixture.clock.nowMs += checkAfterMs
  const away = () => Promise.reject(new DependencyUnavailable('bucket'))
  const reconcile = createReconcile({ ...fixture.deps, rawBucket: { head: away } })
  await t.rejects(
    reconcile(async () => {}),
    DependencyUnavailable,
  )
  t.strictSame(await reconcileOnce(fixture), [image])
})

test('an image that cannot be read does not block those after it', async (t) => {
  const fixture = await createTestProcessor(t)
  const images = await Promise.all(
    Array.from({ length: 60 }, async () => fixture.upload(await makeImage('png'), 'image/png')),
  )
  fixture.clock.nowMs += checkAfterMs
  const seen = new Set<string>()
  const reconcile = createReconcile(fixture.deps)
  const round = reconcile(async ({ imageId }) => {
    seen.add(imageId)
    throw new DependencyUnavailable('bucket')
  })
  await t.rejects(round, DependencyUnavailable)
  t.equal(seen.size, images.length)
})

test('the last check is an hour before expiry', async (t) => {
  const fixture = await createTestProcessor(t)
  const bytes = await makeImage('png')
  const image = await fixture.register(bytes, 'image/png')
  fixture.clock.nowMs += 5 * 86_400_000
  t.strictSame(await reconcileOnce(fixture), [])
  await fixture.upload(bytes, 'image/png')
  fixture.clock.nowMs += 2 * 86_400_000 - 3_600_000
  t.strictSame(await reconcileOnce(fixture), [image])
})

async function listUnfinished({ catalog }: TestProcessor): Promise<ImageRef[]> {
  const images: ImageRef[] = []
  for await (const page of catalog.listUnfinished()) images.push(...page)
  return images
}

test('an image whose starts keep ending without a result is started less and less often', async (t) => {
  const fixture = await createTestProcessor(t)
  const image = await fixture.upload(await makeImage('png'), 'image/png')
  const starts: number[] = []
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    fixture.clock.nowMs += 600_000
    await createReconcile(fixture.deps)(async () => {
      const { outcome } = await fixture.catalog.claim(image, `killed-${minute}`, 120_000)
      if (outcome === 'claimed') starts.push(minute)
    })
  }
  const pauses = starts.slice(1).map((minute, index) => minute - (starts[index] ?? 0))
  t.strictSame(pauses.slice(0, 4), [10, 10, 10, 10], 'the first few starts follow at once')
  t.equal(Math.max(...pauses), 70, 'later starts follow about once an hour')
  t.ok(starts.length < 40, `${starts.length} starts in a day`)
})
