import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

const asked = {
  method: 'POST' as const,
  url: '/v1/uploads',
  headers: withKey,
  payload: { sha256, byteLength: 5, contentType: 'image/png' },
}
const complete = { method: 'POST' as const, url: `/v1/images/${sha256}/complete`, headers: withKey }

t.test('publishes image.upload.completed only when the bytes are in the store', async (t) => {
  const { app, published, stored } = await createTestApp(t)
  await app.inject(asked)
  const early = await app.inject(complete)
  t.equal(early.statusCode, 409)
  t.equal(early.json().code, 'UPLOAD_NOT_FOUND_IN_STORE')
  t.equal(published.length, 1)

  stored.add(`local/${sha256}/20261122`)
  const response = await app.inject(complete)
  t.equal(response.statusCode, 202)
  t.strictSame(response.json(), { imageId: sha256, status: 'pending' })
  t.match(published[1], {
    type: 'hashgate.image.upload.completed.v1',
    data: { objectKey: `local/${sha256}/20261122` },
  })
})

t.test('publishes no second event once processing has started', async (t) => {
  const { app, records, published } = await createTestApp(t)
  await app.inject(asked)
  published.length = 0
  for (const status of ['processing', 'ready', 'rejected']) {
    Object.assign(records.get(`local#${sha256}`) ?? {}, { status })
    const response = await app.inject(complete)
    t.equal(response.statusCode, 202)
    t.equal(response.json().status, status)
  }
  t.strictSame(published, [])
})

t.test('unknown, expired and malformed image ids are problems', async (t) => {
  const { app, clock } = await createTestApp(t)
  t.equal((await app.inject(complete)).statusCode, 404)
  await app.inject(asked)
  clock.now += 7 * 86_400_000
  t.equal((await app.inject(complete)).json().code, 'IMAGE_NOT_FOUND')
  const malformed = await app.inject({ ...complete, url: '/v1/images/abc/complete' })
  t.match(malformed.json(), { status: 400, errors: [{ field: 'imageId' }] })
})

t.test('an unavailable store is a 503, not a 409', async (t) => {
  const head = async () => {
    throw new DependencyUnavailable('bucket')
  }
  const { app } = await createTestApp(t, { dependencies: { rawBucket: { head, ping: async () => {} } } })
  await app.inject(asked)
  const response = await app.inject(complete)
  t.equal(response.statusCode, 503)
  t.equal(response.headers['retry-after'], '2')
})
