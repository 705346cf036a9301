import t from 'tap'
import type { Row } from '../../../scripts/analytics/warehouse/session.ts'
import { priceOf } from '../../../scripts/cost/prices.ts'
import { openTestWarehouse } from './open-test-warehouse.ts'
import { nowMs, type RandomImage, randomImages, retentionMs, toRow } from './random-images.ts'

const sqlTime = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const hourOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 13).replace('T', ' ')}:00:00+00`
const isFinal = ({ status }: RandomImage) => status === 'ready' || status === 'rejected'
const sum = (images: RandomImage[], of: (image: RandomImage) => number) =>
  images.reduce((total, image) => total + of(image), 0)
const count = (images: RandomImage[], where: (image: RandomImage) => boolean) => images.filter(where).length

const { ask } = await openTestWarehouse(t, {
  rows: randomImages.map(toRow),
  directory: t.testdir({}),
  manifests: [],
  historyMode: false,
  now: sqlTime(nowMs),
})

/** One row per group, in the order of the rendered keys. */
function expectRows(
  images: RandomImage[],
  keyOf: (image: RandomImage) => Row,
  rest: (images: RandomImage[]) => Row,
): Row[] {
  const groups = Map.groupBy(images, (image) => JSON.stringify(keyOf(image)))
  return [...groups].map(([key, members]) => ({ ...JSON.parse(key), ...rest(members) })).sort(byKeys)
}

const byKeys = (a: Row, b: Row) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
const sorted = async (view: string) => (await ask(view)).sort(byKeys)

t.test('uploads_per_hour', async (t) => {
  const expected = expectRows(
    randomImages,
    ({ createdMs, tenant }) => ({ hour: hourOf(createdMs), tenant }),
    (images) => ({
      requested: images.length,
      arrived: count(images, isFinal),
      ready: count(images, ({ status }) => status === 'ready'),
      rejected: count(images, ({ status }) => status === 'rejected'),
      arrived_bytes: sum(images.filter(isFinal), ({ byteLength }) => byteLength),
    }),
  )
  t.ok(expected.length > 60)
  t.strictSame(await sorted('uploads_per_hour'), expected)
})

t.test('tenants_per_day', async (t) => {
  const expected = expectRows(
    randomImages,
    ({ createdMs }) => ({ day: dayOf(createdMs) }),
    (images) => ({ tenants: new Set(images.map(({ tenant }) => tenant)).size, requested: images.length }),
  )
  t.strictSame(await sorted('tenants_per_day'), expected)
})

t.test('abandoned_uploads omits uploads of the last hour', async (t) => {
  const pending = randomImages.filter(({ status }) => status === 'pending')
  const abandoned = pending.filter(({ createdMs }) => createdMs < nowMs - 3_600_000)
  t.ok(abandoned.length > 0)
  const expected = expectRows(
    abandoned,
    ({ createdMs, tenant, contentType }) => ({ day: dayOf(createdMs), tenant, content_type: contentType }),
    (images) => ({ images: images.length, declared_bytes: sum(images, ({ byteLength }) => byteLength) }),
  )
  t.strictSame(await sorted('abandoned_uploads'), expected)
})

t.test('abandoned_uploads includes an upload that is exactly one hour old', async (t) => {
  const [image] = randomImages.filter(({ status }) => status === 'pending')
  t.ok(image)
  const pendingFor = (ms: number) => toRow({ ...(image as RandomImage), createdMs: nowMs - ms })
  const countAfter = async (ms: number) => {
    const contents = { directory: t.testdir({}), manifests: [], historyMode: false, now: sqlTime(nowMs) }
    const { ask } = await openTestWarehouse(t, { ...contents, rows: [pendingFor(ms)] })
    return (await ask('abandoned_uploads')).length
  }
  t.equal(await countAfter(3_600_000), 0)
  t.equal(await countAfter(3_600_001), 1)
})

/** Like PERCENTILE_CONT: interpolates linearly between the two nearest values. */
function percentile(values: number[], fraction: number): number {
  const ordered = values.toSorted((a, b) => a - b)
  const at = (ordered.length - 1) * fraction
  const low = ordered[Math.floor(at)] ?? Number.NaN
  return low + ((ordered[Math.ceil(at)] ?? Number.NaN) - low) * (at - Math.floor(at))
}

t.test('latency_per_hour has three stages', async (t) => {
  const stages: Record<string, (image: RandomImage) => number> = {
    upload: ({ createdMs, startedMs = 0 }) => startedMs - createdMs,
    processing: ({ startedMs = 0, finishedMs = 0 }) => finishedMs - startedMs,
    total: ({ createdMs, finishedMs = 0 }) => finishedMs - createdMs,
  }
  const rows = await sorted('latency_per_hour')
  const expected = Object.entries(stages)
    .flatMap(([stage, length]) =>
      expectRows(
        randomImages.filter(isFinal),
        ({ createdMs }) => ({ hour: hourOf(createdMs), stage }),
        (images) => {
          const seconds = images.map((image) => length(image) / 1_000)
          return {
            images: images.length,
            p50: percentile(seconds, 0.5),
            p90: percentile(seconds, 0.9),
            p99: percentile(seconds, 0.99),
          }
        },
      ),
    )
    .sort(byKeys)
  t.equal(rows.length, expected.length)
  for (const [index, { p50, p90, p99, ...keys }] of expected.entries()) {
    const { p50_seconds, p90_seconds, p99_seconds, ...found } = rows[index] ?? {}
    t.strictSame(found, keys)
    const near = (a: unknown, b: unknown) => Math.abs(Number(a) - Number(b)) < 1e-6
    t.ok(near(p50_seconds, p50) && near(p90_seconds, p90) && near(p99_seconds, p99), JSON.stringify(keys))
  }
})

t.test('retries_per_day', async (t) => {
  const started = randomImages.filter(({ attempts }) => attempts > 0)
  const expected = expectRows(
    started,
    ({ createdMs, tenant }) => ({ day: dayOf(createdMs), tenant }),
    (images) => ({
      started: images.length,
      retried: count(images, ({ attempts }) => attempts > 1),
      extra_attempts: sum(images, ({ attempts }) => attempts - 1),
      most_attempts: Math.max(...images.map(({ attempts }) => attempts)),
      gave_up: count(images, ({ reason }) => reason === 'processing_failed'),
      unfinished: count(images, ({ status }) => status === 'processing'),
    }),
  )
  t.strictSame(await sorted('retries_per_day'), expected)
})

const barOf = (value: number, edges: number[]) => {
  const index = edges.findLastIndex((edge) => value >= edge)
  return { from: edges[index] ?? null, below: edges[index + 1] ?? null }
}

t.test('the histograms count a value on an edge in the upper bar', async (t) => {
  const sizes = [0, 100_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000]
  const arrived = randomImages.filter(isFinal)
  t.ok(
    arrived.some(({ byteLength }) => byteLength === 100_000) &&
      arrived.some(({ byteLength }) => byteLength === 99_999),
  )
  t.strictSame(
    await sorted('size_histogram'),
    expectRows(
      arrived,
      ({ createdMs, tenant, byteLength }) => {
        const { from, below } = barOf(byteLength, sizes)
        return { day: dayOf(createdMs), tenant, from_bytes: from, below_bytes: below }
      },
      (images) => ({ images: images.length, bytes: sum(images, ({ byteLength }) => byteLength) }),
    ),
  )
  t.strictSame(
    await sorted('megapixel_histogram'),
    expectRows(
      randomImages.filter(({ status }) => status === 'ready'),
      ({ createdMs, tenant, width = 0, height = 0 }) => {
        const { from, below } = barOf((width * height) / 1_000_000, [0, 1, 2, 5, 10, 20, 50])
        return { day: dayOf(createdMs), tenant, from_megapixels: from, below_megapixels: below }
      },
      (images) => ({ images: images.length }),
    ),
  )
})

const expiryOf = ({ createdMs }: RandomImage) => Math.floor((createdMs + retentionMs) / 1_000) * 1_000

t.test('storage_per_tenant', async (t) => {
  const rows = await sorted('storage_per_tenant')
  const days = (from: number, to: number) => (Math.floor(to / 1_000) - Math.floor(from / 1_000)) / 86_400
  const expected = expectRows(
    randomImages.filter(isFinal),
    ({ createdMs, tenant }) => ({ day: dayOf(createdMs), tenant }),
    (images) => ({
      images: images.length,
      bytes: sum(images, ({ byteLength }) => byteLength),
      soFar: sum(images, ({ byteLength, createdMs }) => byteLength * days(createdMs, nowMs)),
      inAll: sum(images, (image) => image.byteLength * days(image.createdMs, expiryOf(image))),
    }),
  )
  t.equal(rows.length, expected.length)
  for (const [index, { soFar, inAll, ...keys }] of expected.entries()) {
    const { byte_days_so_far, byte_days_in_all, storage_usd, ...found } = rows[index] ?? {}
    t.strictSame(found, keys)
    t.equal(Math.round(Number(byte_days_so_far)), Math.round(Number(soFar)))
    t.equal(Math.round(Number(byte_days_in_all)), Math.round(Number(inAll)))
    const usd = (Number(inAll) / 2 ** 30 / 30.4) * priceOf('s3GigabyteMonth')
    t.ok(usd > 0 && Math.abs(Number(storage_usd) - usd) < 1e-9)
  }
})

t.test('retention_outlook', async (t) => {
  const expected = expectRows(
    randomImages,
    (image) => ({ expires_on: dayOf(expiryOf(image)), tenant: image.tenant }),
    (images) => ({
      images: images.length,
      bytes: sum(images.filter(isFinal), ({ byteLength }) => byteLength),
    }),
  )
  t.strictSame(await sorted('retention_outlook'), expected)
})

t.test('image_states gives the state at any time', async (t) => {
  const statusAt = ({ createdMs, startedMs, finishedMs, status }: RandomImage, at: number) => {
    if (at < createdMs) return undefined
    if (finishedMs !== undefined && at >= finishedMs) return status
    return startedMs !== undefined && at >= startedMs ? 'processing' : 'pending'
  }
  const someImage = randomImages.find(({ finishedMs }) => finishedMs) as RandomImage
  const moments = [nowMs, nowMs - 86_400_000, someImage.createdMs, someImage.startedMs, someImage.finishedMs]
  for (const at of moments as number[]) {
    const moment = `TIMESTAMPTZ '${new Date(at).toISOString()}'`
    const rows = await ask('image_states', `WHERE from_at <= ${moment} AND until_at > ${moment}`)
    const existing = randomImages.filter((image) => statusAt(image, at) !== undefined)
    t.strictSame(
      rows.map(({ image_id, status }) => `${image_id} ${status}`).sort(),
      existing.map((image) => `${image.imageId} ${statusAt(image, at)}`).sort(),
    )
  }
})
