import { once } from 'node:events'
import t from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

const asked = {
  method: 'POST' as const,
  url: '/v1/uploads',
  headers: withKey,
  payload: { sha256, byteLength: 5, contentType: 'image/png' },
}
const get = (query = '') => ({ url: `/v1/images/${sha256}${query}`, headers: withKey })

t.test('returns the status of an image until it expires', async (t) => {
  const { app, clock } = await createTestApp(t)
  t.equal((await app.inject(get())).statusCode, 404)
  await app.inject(asked)
  const response = await app.inject(get())
  t.equal(response.statusCode, 200)
  t.equal(response.headers['cache-control'], 'no-store')
  t.strictSame(response.json(), {
    imageId: sha256,
    status: 'pending',
    sequence: 1,
    byteLength: 5,
    contentType: 'image/png',
    createdAt: '2026-11-22T10:00:00.000Z',
    expiresAt: '2026-11-29T10:00:00.000Z',
  })
  clock.now += 7 * 86_400_000
  t.equal((await app.inject(get())).json().code, 'IMAGE_NOT_FOUND')
})

t.test('a ready image has its photo facts, with the location only if the record has it', async (t) => {
  const { app, records } = await createTestApp(t)
  await app.inject(asked)
  const record = records.get(`local#${sha256}`) ?? {}
  const found = {
    format: 'gif',
    width: 40,
    height: 30,
    colorSpace: 'srgb',
    hasAlpha: true,
    pages: 12,
    camera: { model: 'X' },
    takenAt: '2026-11-21T17:42:09',
    placeholder: 'abc',
    dominantColor: '#0a0b0c',
  }
  const moving = { name: 'a', width: 4, height: 3, byteLength: 9, contentType: 'image/webp', pages: 12 }
  const image = { ...found, variants: [{ ...moving, key: 'k' }] }
  const inner = { recipe: '5f0c9b1d7a3e8264', reprocessedAt: '2026-11-22T10:00:00.000Z' }
  Object.assign(record, { status: 'ready', image, ...inner })
  const answer = (await app.inject(get())).json()
  t.match(answer, { ...found, variants: [moving] })
  for (const name of ['location', 'key', ...Object.keys(inner)])
    t.notMatch(JSON.stringify(answer), `"${name}"`)

  const location = { latitude: -33.86, longitude: 151.21 }
  Object.assign(record, { image: { ...image, location } })
  t.match((await app.inject(get())).json(), { location })
})

t.test('holds the response until the status is final', async (t) => {
  const { app, records } = await createTestApp(t)
  await app.inject(asked)
  const rejection = { reason: 'image_corrupt', detail: 'Cut off.' }
  let answered = false
  const waiting = app.inject(get('?wait=20')).then((response) => {
    answered = true
    return response
  })
  await app.inject(get())
  t.equal(answered, false)
  Object.assign(records.get(`local#${sha256}`) ?? {}, { status: 'rejected', rejection })
  t.match((await waiting).json(), { status: 'rejected', rejection })
})

t.test('returns the current status when the time is over', async (t) => {
  const { app } = await createTestApp(t)
  await app.inject(asked)
  t.equal((await app.inject(get('?wait=1'))).json().status, 'pending')
})

t.test('a gateway can limit how long it holds a response', async (t) => {
  const { app } = await createTestApp(t, { config: { MAX_WAIT_SECONDS: 0 } })
  await app.inject(asked)
  t.equal((await app.inject(get('?wait=25'))).json().status, 'pending')
})

t.test('a server that closes answers the requests that wait', async (t) => {
  const { app } = await createTestApp(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await app.inject(asked)
  const arrived = once(app.server, 'request')
  const waiting = fetch(`${url}/v1/images/${sha256}?wait=25`, { headers: withKey })
  await arrived
  await app.close()
  t.equal((await waiting).status, 200)
})

t.test('wait must be from 0 to 25 seconds', async (t) => {
  const { app } = await createTestApp(t)
  for (const query of ['?wait=26', '?wait=-1', '?wait=x', '?wait=1.5', '?weight=1']) {
    const response = await app.inject(get(query))
    t.equal(response.statusCode, 400, query)
    t.equal(response.json().code, 'VALIDATION_FAILED', query)
  }
})
