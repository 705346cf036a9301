import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

const good = { sha256, byteLength: 5, contentType: 'image/png' }
const hashOf = (index: number) => index.toString(16).padStart(64, '0')
const post = (payload: unknown) => ({
  method: 'POST' as const,
  url: '/v1/uploads/batch',
  headers: withKey,
  payload: payload as object,
})

t.test('answers every item at its position, and an invalid item fails alone', async (t) => {
  const { app, records } = await createTestApp(t)
  const uploads = [
    good,
    { ...good, sha256: 'x' },
    { ...good, sha256: hashOf(1) },
    7,
    { ...good, byteLength: 2 ** 31 },
  ]
  const response = await app.inject(post({ uploads }))
  t.equal(response.statusCode, 200)
  const { results } = response.json()
  t.match(results, [
    { imageId: sha256, status: 'pending', upload: { method: 'PUT' } },
    { problem: { status: 400, code: 'VALIDATION_FAILED', errors: [{ field: 'uploads.1.sha256' }] } },
    { imageId: hashOf(1), upload: { method: 'PUT' } },
    { problem: { code: 'VALIDATION_FAILED', errors: [{ field: 'uploads.3' }] } },
    { problem: { code: 'VALIDATION_FAILED', errors: [{ field: 'byteLength' }] } },
  ])
  t.equal(records.size, 2)
})

t.test('the answer to a bad batch is not much larger than the batch', async (t) => {
  const { app } = await createTestApp(t)
  const longNames = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`${'x'.repeat(8)}${index}`, 1]),
  )
  const bad = {
    'many fields in every item': Array.from({ length: 100 }, () => longNames),
    'a long field in every item': Array.from({ length: 100 }, () => ({ ...good, ['🖼'.repeat(500)]: 1 })),
    'many fields in one item': [Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [index, 1]))],
  }
  for (const [name, uploads] of Object.entries(bad)) {
    const asked = post({ uploads })
    const { statusCode, body } = await app.inject(asked)
    t.equal(statusCode, 200, name)
    t.ok(body.length < JSON.stringify(asked.payload).length, `${name}: ${body.length} bytes`)
    t.ok(body.isWellFormed(), name)
    const { results } = JSON.parse(body)
    t.ok(
      results.every(({ problem }: { problem: { errors: unknown[] } }) => problem.errors.length > 0),
      `${name}: every item has a reason`,
    )
  }
})

t.test('the same hash twice creates one record and one event', async (t) => {
  const { app, records, published } = await createTestApp(t)
  const { results } = (await app.inject(post({ uploads: [good, good, good] }))).json()
  t.equal(results.length, 3)
  t.strictSame(results[0], results[2])
  t.equal(records.size, 1)
  t.equal(published.length, 1)
})

t.test('accepts 100 items with the longest names', async (t) => {
  const { app, records } = await createTestApp(t)
  const uploads = Array.from({ length: 100 }, (_, index) => ({
    ...good,
    sha256: hashOf(index),
    fileName: '\u{1F5BC}'.repeat(127),
  }))
  const response = await app.inject(post({ uploads }))
  t.equal(response.statusCode, 200)
  t.strictSame(
    response.json().results.map(({ imageId }: { imageId: string }) => imageId),
    uploads.map(({ sha256 }) => sha256),
  )
  t.equal(records.size, 100)
})

t.test('anything but a list of 1 to 100 items is rejected as a whole', async (t) => {
  const { app } = await createTestApp(t)
  const bad = [
    { uploads: [] },
    { uploads: Array(101).fill(good) },
    { uploads: 'x' },
    {},
    [good],
    { uploads: [good], x: 1 },
  ]
  for (const payload of bad) {
    const response = await app.inject(post(payload))
    t.equal(response.statusCode, 400, JSON.stringify(payload).slice(0, 40))
    t.equal(response.json().code, 'VALIDATION_FAILED')
  }
})

t.test('a list of 100,000 items is rejected by its length alone', async (t) => {
  const { app } = await createTestApp(t)
  const problemOf = async (length: number) => {
    const response = await app.inject(post({ uploads: Array(length).fill(7) }))
    return { ...response.json(), requestId: undefined }
  }
  const problem = await problemOf(100_000)
  t.match(problem, { status: 400, code: 'VALIDATION_FAILED' })
  t.strictSame(problem.errors, [{ field: 'uploads', message: 'must NOT have more than 100 items' }])
})

t.test('an unavailable dependency is a problem of each item', async (t) => {
  const { app, catalog } = await createTestApp(t)
  catalog.register = async () => {
    throw new DependencyUnavailable('catalog', new Error('inner'))
  }
  const response = await app.inject(post({ uploads: [good, { ...good, sha256: 'x' }] }))
  t.equal(response.statusCode, 200)
  t.match(response.json().results, [
    { problem: { status: 503, code: 'DEPENDENCY_UNAVAILABLE' } },
    { problem: { status: 400 } },
  ])
  t.notMatch(response.body, 'inner')
})
