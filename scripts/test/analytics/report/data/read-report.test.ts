import t, { type Test } from 'tap'
import { type ReportData, readReport } from '../../../../analytics/report/data/read-report.ts'
import { type GeneratedImage, generateImages } from '../generate-images.ts'
import { openGeneratedWarehouse } from '../open-generated-warehouse.ts'

const now = new Date('2026-11-29T18:20:00Z')
const period = { from: '2026-11-23', to: '2026-11-29' }
const images = generateImages(now, 14, 60)
const inPeriod = images.filter(({ requestedAtMs }) => requestedAtMs >= Date.parse(period.from))

t.test('every number of a report matches the images', async (t) => {
  const source = await openGeneratedWarehouse(t, images, { now })
  const data = await readReport(source, { period, now })
  checkNumbers(t, data, inPeriod)
  t.strictSame(data.tenants, expectTenants(inPeriod))
  t.equal(data.newest, dayTime(Math.max(...images.map(({ requestedAtMs }) => requestedAtMs))))
})

t.test('a report of one tenant has only its images', async (t) => {
  const source = await openGeneratedWarehouse(t, images, { now })
  const data = await readReport(source, { period, tenant: 'birdwatch', now })
  checkNumbers(
    t,
    data,
    inPeriod.filter(({ tenant }) => tenant === 'birdwatch'),
  )
  t.strictSame(data.tenants, [])
})

t.test(
  'the period before is comparable while none of its records can have expired, or with history',
  async (t) => {
    const present = await openGeneratedWarehouse(t, images, { now })
    const week = await readReport(present, { period, now })
    t.match(week, { isComparable: false, isPartlyExpired: false })
    const oneDay = await readReport(present, { period: { from: period.to, to: period.to }, now })
    t.match(oneDay, { isComparable: true })
    const saturday = images.filter((image) => dayOf(image) === '2026-11-28' && isFinal(image))
    t.equal(total(oneDay.daysBefore, 'ready') + total(oneDay.daysBefore, 'rejected'), saturday.length)
    const old = await readReport(present, { period: { from: '2026-11-20', to: '2026-11-29' }, now })
    t.match(old, { isComparable: false, isPartlyExpired: true })

    const history = await openGeneratedWarehouse(t, images, { now, historyMode: true })
    const kept = await readReport(history, { period, now })
    t.match(kept, { isComparable: true, isPartlyExpired: false })
    t.equal(total(kept.daysBefore, 'requested'), images.length - inPeriod.length)
  },
)

t.test('the retention determines which records have expired and when the rest expires', async (t) => {
  const source = await openGeneratedWarehouse(t, images, { now, retentionDays: 3 })
  const data = await readReport(source, { period, now })
  t.match(data, { retentionDays: 3, isPartlyExpired: true })
  t.equal(data.days[0]?.day, '2026-11-26', 'older records have expired')
  t.equal(total(data.retention, 'images'), countStored(undefined, 3))
  t.strictSame([data.retention[0]?.day, data.retention.at(-1)?.day], ['2026-11-29', '2026-12-02'])
  const lastDays = { from: '2026-11-27', to: '2026-11-29' }
  t.match(await readReport(source, { period: lastDays, now }), { isPartlyExpired: false })
})

t.test('a camera is listed once even if some of its photos lack the make', async (t) => {
  const [photo] = inPeriod.filter(({ camera }) => camera?.model === 'Canon EOS 40D')
  const withCamera = (digit: string, camera: GeneratedImage['camera']) => ({
    ...(photo as GeneratedImage),
    imageId: digit.repeat(64),
    camera,
  })
  const pixel = { make: 'Google', model: 'Pixel 8' }
  const canon = { make: 'Canon', model: 'Canon EOS 40D' }
  const source = await openGeneratedWarehouse(
    t,
    [
      withCamera('a', pixel),
      withCamera('b', pixel),
      withCamera('c', canon),
      withCamera('d', canon),
      withCamera('e', { make: '', model: canon.model }),
    ],
    { now },
  )
  t.strictSame((await readReport(source, { period, now })).cameras, [
    { camera: 'Canon EOS 40D', images: 3 },
    { camera: 'Google Pixel 8', images: 2 },
  ])
})

t.test('a tenant without images is refused, and the error lists those with images', async (t) => {
  const source = await openGeneratedWarehouse(t, images, { now })
  const ask = (tenant: string) => readReport(source, { period, tenant, now })
  await t.rejects(ask('acmee'), {
    message:
      'The warehouse holds no image of the tenant "acmee". Tenants with images: acme, birdwatch, marketplace, travel-blog.',
  })
  await t.rejects(ask("x' OR '1'='1"), { message: /is not the name of a tenant/ })
  const empty = await openGeneratedWarehouse(t, [], { now })
  await t.rejects(readReport(empty, { period, tenant: 'acme', now }), {
    message: /It holds no images at all/,
  })
})

t.test("a failed statement fails the report with the warehouse's reason", async (t) => {
  const source = { query: async () => Promise.reject(new Error('permission denied for schema analytics')) }
  await t.rejects(readReport(source, { period, now }), { message: 'permission denied for schema analytics' })
})

function checkNumbers(t: Test, data: ReportData, expected: GeneratedImage[]) {
  const final = expected.filter(isFinal)
  const ready = expected.filter(({ status }) => status === 'ready')
  const rejected = expected.filter(({ status }) => status === 'rejected')
  t.ok(
    ready.length > 20 && rejected.length > 0 && final.length < expected.length,
    'the images include every status',
  )

  t.strictSame(
    data.days,
    [...Map.groupBy(expected, dayOf)].sort().map(([day, list]) => ({
      day,
      requested: list.length,
      ready: list.filter(({ status }) => status === 'ready').length,
      rejected: list.filter(({ status }) => status === 'rejected').length,
      arrivedBytes: sum(list.filter(isFinal), ({ byteLength }) => byteLength),
      duplicates: sum(list.filter(isFinal), ({ duplicates }) => duplicates),
      savedBytes: sum(list.filter(isFinal), ({ duplicates, byteLength }) => duplicates * byteLength),
    })),
  )
  t.strictSame(roundLatency(data.latency), expectLatency(final))
  t.strictSame(
    data.latencyByHour.map((row) => ({ ...roundLatency(row), hour: row.hour })),
    [...Map.groupBy(final, ({ requestedAtMs }) => dayTime(requestedAtMs).slice(0, 13))]
      .sort()
      .map(([hour, list]) => ({ ...expectLatency(list), hour })),
  )
  t.strictSame(
    Object.fromEntries(data.rejects.map((row) => [row.reason, row.images])),
    countBy(rejected, 'reason'),
  )
  t.strictSame(
    Object.fromEntries(data.formats.map((row) => [row.format, row.images])),
    countBy(ready, 'format'),
  )
  t.ok(data.formats.every(({ meanMegapixels }) => meanMegapixels === 12))
  const cameras = ready.flatMap(({ camera }) =>
    camera ? [camera.model.replace(/^(?!Canon|NIKON)/, `${camera.make} `)] : [],
  )
  t.strictSame(
    Object.fromEntries(data.cameras.map((row) => [row.camera.replace('NIKON CORPORATION ', ''), row.images])),
    countBy(
      cameras.map((name) => ({ name })),
      'name',
    ),
  )
  t.equal(total(data.retention, 'images'), countStored(data.tenant))
}

/** Final images that have not expired. */
function countStored(tenant: string | undefined, retentionDays = 7): number {
  const oldestMs = now.getTime() - retentionDays * 86_400_000
  return images.filter(
    (image) => isFinal(image) && image.requestedAtMs > oldestMs && (!tenant || image.tenant === tenant),
  ).length
}

function expectTenants(list: GeneratedImage[]) {
  return [...Map.groupBy(list.filter(isFinal), ({ tenant }) => tenant)]
    .map(([tenant, own]) => ({
      tenant,
      images: own.length,
      rejected: own.filter(({ status }) => status === 'rejected').length,
      arrivedBytes: sum(own, ({ byteLength }) => byteLength),
      savedBytes: sum(own, ({ duplicates, byteLength }) => duplicates * byteLength),
    }))
    .sort((a, b) => b.images - a.images || a.tenant.localeCompare(b.tenant))
}

function expectLatency(list: GeneratedImage[]) {
  const seconds = list
    .map(({ startedAtMs = 0, finishedAtMs = 0 }) => (finishedAtMs - startedAtMs) / 1_000)
    .sort((a, b) => a - b)
  /** A percentile with linear interpolation. */
  const percentile = (share: number) => {
    const rank = share * (seconds.length - 1)
    const below = seconds[Math.floor(rank)] ?? 0
    return below + (rank % 1) * ((seconds[Math.ceil(rank)] ?? 0) - below)
  }
  return roundLatency({
    images: list.length,
    p50Seconds: percentile(0.5),
    p90Seconds: percentile(0.9),
    p99Seconds: percentile(0.99),
  })
}

function roundLatency({ images, p50Seconds = -1, p90Seconds = -1, p99Seconds = -1 }: ReportData['latency']) {
  const round = (seconds: number) => Number(seconds.toFixed(6))
  return { images, p50: round(p50Seconds), p90: round(p90Seconds), p99: round(p99Seconds) }
}

function countBy<Key extends string>(list: Partial<Record<Key, unknown>>[], key: Key) {
  return Object.fromEntries(
    [...Map.groupBy(list, (item) => String(item[key]))].map(([name, own]) => [name, own.length]),
  )
}

const total = <Key extends string>(rows: Record<Key, number>[], key: Key) => sum(rows, (row) => row[key])
const sum = <Item>(list: Item[], pick: (item: Item) => number) =>
  list.reduce((result, item) => result + pick(item), 0)
const isFinal = ({ status }: GeneratedImage) => status !== 'pending'
const dayTime = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
const dayOf = ({ requestedAtMs }: GeneratedImage) => dayTime(requestedAtMs).slice(0, 10)
