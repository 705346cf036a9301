import t, { type Test } from 'tap'
import type { ImageRecord, ImageStatus } from '../../../core/images/image-record.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { createTestApp, testNow, withKey } from '../../../scripts/testkit/create-test-app.ts'

const today = '2026-11-22'
const list = (query = '', headers = withKey) => ({ url: `/v1/images${query}`, headers })

/** An app that holds this many images, the first one the oldest. */
async function buildFilledApp(t: Test, count: number) {
  const fixture = await createTestApp(t)
  const made = Array.from({ length: count }, (_, index) => fill(fixture.records, index))
  return { ...fixture, made }
}

function fill(records: Map<string, ImageRecord>, index: number, tenant = 'local'): ImageRecord {
  const imageId = `${index % 10}${index}`.padEnd(64, 'a')
  const request = { tenant, imageId, byteLength: 5, contentType: 'image/png' as const, fileName: 'a.png' }
  const record = newRecord(request, testNow + index, 7 * 86_400)
  records.set(`${tenant}#${imageId}`, record)
  return record
}

const setStatus = (record: ImageRecord | undefined, status: ImageStatus) =>
  Object.assign(record ?? {}, { status })
const idsOf = (images: { imageId: string }[]) => images.map(({ imageId }) => imageId)

t.test('lists today’s images, newest first, each as getImage describes it', async (t) => {
  const { app, made } = await buildFilledApp(t, 3)
  const variant = {
    name: 'thumb',
    key: 'local/a/b/thumb.webp',
    contentType: 'image/webp',
    width: 1,
    height: 1,
    byteLength: 9,
  }
  const facts = { format: 'png', width: 2, height: 2, placeholder: '', dominantColor: '#000000' }
  Object.assign(made[1] ?? {}, { status: 'ready', image: { ...facts, variants: [variant] } })
  const response = await app.inject(list())
  t.equal(response.statusCode, 200)
  t.equal(response.headers['cache-control'], 'no-store')
  const { images, ...rest } = response.json()
  t.strictSame(rest, {})
  t.strictSame(idsOf(images), idsOf(made).reverse())
  t.match(images[1].variants[0].url, /X-Amz-Signature=/)
  t.notMatch(response.body, /thumb\.webp"/, 'object keys are not exposed')
  for (const image of images) {
    t.strictSame((await app.inject(list(`/${image.imageId}`))).json(), image)
  }
})

t.test('pages have 20 images by default and follow each other', async (t) => {
  const { app, made } = await buildFilledApp(t, 50)
  for (const [query, sizes] of [
    ['?', [20, 20, 10]],
    ['?limit=25', [25, 25]],
    ['?limit=100', [50]],
  ] as const) {
    const pages = await readPages(app, `${query}&day=${today}`)
    t.strictSame(
      pages.map(({ length }) => length),
      sizes,
    )
    t.strictSame(idsOf(pages.flat()), idsOf(made).reverse())
  }
})

t.test('a listing that began before midnight stays on its day', async (t) => {
  const { app, made, clock } = await buildFilledApp(t, 30)
  const { nextCursor } = (await app.inject(list())).json()
  clock.now += 86_400_000
  const second = (await app.inject(list(`?cursor=${nextCursor}`))).json()
  t.strictSame(idsOf(second.images), idsOf(made.slice(0, 10)).reverse())
  t.strictSame((await app.inject(list())).json(), { images: [] })
})

t.test('lists images of one status, and none of another day', async (t) => {
  const { app, made } = await buildFilledApp(t, 9)
  setStatus(made[4], 'rejected')
  const { images } = (await app.inject(list('?status=rejected'))).json()
  t.strictSame(idsOf(images), idsOf(made.slice(4, 5)))
  for (const day of ['2026-11-21', '2026-11-23', '1999-01-01', '9999-12-31']) {
    t.strictSame((await app.inject(list(`?day=${day}`))).json(), { images: [] }, day)
  }
})

t.test('names the invalid field', async (t) => {
  const { app } = await buildFilledApp(t, 2)
  const { nextCursor } = (await app.inject(list('?limit=1'))).json()
  t.ok(nextCursor)
  const faults: Record<string, string> = {
    'day=2026-02-29': 'day',
    'day=today': 'day',
    'day=2026-11-22T00:00:00Z': 'day',
    'day=': 'day',
    'status=done': 'status',
    'limit=0': 'limit',
    'limit=101': 'limit',
    'limit=x': 'limit',
    'cursor=': 'cursor',
    'cursor=x': 'cursor',
    [`cursor=${'x'.repeat(513)}`]: 'cursor',
    [`day=2026-11-21&cursor=${nextCursor}`]: 'cursor',
    [`status=ready&cursor=${nextCursor}`]: 'cursor',
    'tenant=other': 'tenant',
  }
  for (const [query, field] of Object.entries(faults)) {
    const response = await app.inject(list(`?${query}`))
    t.equal(response.statusCode, 400, query)
    t.match(response.json(), { code: 'VALIDATION_FAILED', errors: [{ field }] }, query)
  }
})

t.test('another tenant’s cursor is only a position in the caller’s own day', async (t) => {
  const { app, records, keys } = await buildFilledApp(t, 5)
  const own = [1, 3].map((index) => fill(records, index, 'other'))
  const otherKey = { authorization: `Bearer ${keys.make({ tenant: 'other' }).text}` }
  const { nextCursor } = (await app.inject(list('?limit=3'))).json()
  const answered = (await app.inject(list(`?cursor=${nextCursor}`, otherKey))).json()
  t.strictSame(answered.images.length, 1)
  t.match(answered.images, [{ imageId: own[0]?.imageId }])
  const { images } = (await app.inject(list('', otherKey))).json()
  t.strictSame(idsOf(images), idsOf(own).reverse())
})

async function readPages(app: Awaited<ReturnType<typeof createTestApp>>['app'], query: string) {
  const pages: { imageId: string }[][] = []
  let cursor = ''
  do {
    const { images, nextCursor } = (await app.inject(list(query + cursor))).json()
    pages.push(images)
    cursor = nextCursor && `&cursor=${nextCursor}`
  } while (cursor)
  return pages
}
