import t from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'

const listed = 'https://app.example.com'
const url = `/v1/images/${sha256}`

const preflight = (origin: string) => ({
  method: 'OPTIONS' as const,
  url: '/v1/uploads',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
})

t.test('a page of a listed origin may send requests and read the headers that it needs', async (t) => {
  const { app } = await createTestApp(t, { config: { CORS_ORIGINS: `https://other.example.com,${listed}` } })
  const asked = await app.inject(preflight(listed))
  t.equal(asked.statusCode, 204)
  t.equal(asked.headers['access-control-allow-origin'], listed)
  t.match(asked.headers['access-control-allow-methods'], /POST/)
  t.match(asked.headers['access-control-allow-headers'], /authorization/)
  const answer = await app.inject({ url, headers: { ...withKey, origin: listed } })
  t.equal(answer.headers['access-control-allow-origin'], listed)
  t.match(answer.headers['access-control-expose-headers'], /retry-after/)
  t.match(answer.headers.vary, /origin/i)
  t.notOk(answer.headers['access-control-allow-credentials'])
})

t.test('the page can read error responses too', async (t) => {
  const { app } = await createTestApp(t, { config: { CORS_ORIGINS: listed, RATE_LIMIT_PER_MINUTE: 1 } })
  for (const status of [401, 429]) {
    const { statusCode, headers } = await app.inject({ url, headers: { origin: listed } })
    t.equal(statusCode, status)
    t.equal(headers['access-control-allow-origin'], listed)
  }
})

t.test('a page of any other origin is rejected', async (t) => {
  const { app } = await createTestApp(t, { config: { CORS_ORIGINS: listed } })
  for (const origin of ['https://evil.example', `${listed}.evil.example`, 'http://app.example.com', 'null']) {
    t.notOk((await app.inject(preflight(origin))).headers['access-control-allow-origin'], origin)
    const { headers } = await app.inject({ url, headers: { ...withKey, origin } })
    t.notOk(headers['access-control-allow-origin'], origin)
  }
})

t.test('without a list no page may send requests', async (t) => {
  const { app } = await createTestApp(t)
  t.notOk((await app.inject(preflight(listed))).headers['access-control-allow-origin'])
})

t.test('with * every page may send requests, but never with cookies', async (t) => {
  const { app } = await createTestApp(t, { config: { CORS_ORIGINS: '*' } })
  const { headers } = await app.inject({ url, headers: { ...withKey, origin: 'https://any.example' } })
  t.equal(headers['access-control-allow-origin'], '*')
  t.notOk(headers['access-control-allow-credentials'])
})

t.test('with loopback only pages of this machine may send requests, on any port', async (t) => {
  const { app } = await createTestApp(t, { config: { CORS_ORIGINS: `loopback,${listed}` } })
  const allowedFor = async (origin: string) =>
    (await app.inject(preflight(origin))).headers['access-control-allow-origin']
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1', 'https://[::1]:8443', listed]) {
    t.equal(await allowedFor(origin), origin)
  }
  for (const origin of [
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://127.0.0.10',
  ]) {
    t.notOk(await allowedFor(origin), origin)
  }
})
