import t from 'tap'
import { createTestApp, sha256, testKey, withKey } from '../../scripts/testkit/create-test-app.ts'

const payload = { sha256, byteLength: 5, contentType: 'image/png' }
const post = { method: 'POST' as const, url: '/v1/uploads' }

t.test('a key is required, in either header', async (t) => {
  const { app, records } = await createTestApp(t)
  const bad = [
    {},
    { authorization: `Bearer ${testKey}x` },
    { authorization: testKey },
    { authorization: 'Bearer ' },
    { authorization: `Basic ${testKey}` },
    { 'x-api-key': testKey.slice(1) },
    { 'x-api-key': '' },
  ]
  for (const headers of bad) {
    const response = await app.inject({ ...post, headers, payload })
    t.equal(response.statusCode, 401, JSON.stringify(headers))
    t.equal(response.json().code, 'UNAUTHENTICATED')
    t.notMatch(response.body, testKey)
  }
  t.equal(records.size, 0)
  t.equal((await app.inject({ ...post, headers: { 'x-api-key': testKey }, payload })).statusCode, 201)
  t.equal(
    (await app.inject({ ...post, headers: { authorization: `bearer ${testKey}` }, payload })).statusCode,
    201,
  )
})

t.test('unreadable bodies are answered with documented problems', async (t) => {
  const { app } = await createTestApp(t)
  const json = { ...withKey, 'content-type': 'application/json' }
  const cases: [number, string, Record<string, string>, string][] = [
    [400, 'BODY_NOT_JSON', json, '{"sha256":'],
    [400, 'BODY_NOT_JSON', json, ''],
    [413, 'BODY_TOO_LARGE', json, JSON.stringify({ ...payload, fileName: 'x'.repeat(300_000) })],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { ...withKey, 'content-type': 'text/plain' }, 'hello'],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { ...withKey, 'content-type': 'image/png' }, 'PNG'],
    [400, 'BODY_NOT_JSON', json, '{"__proto__":{"x":1}}'],
  ]
  for (const [status, code, headers, body] of cases) {
    const response = await app.inject({ ...post, headers, payload: body })
    t.equal(response.statusCode, status, `${code} ${body.slice(0, 20)}`)
    t.match(response.json(), {
      status,
      code,
      type: /^urn:hashgate:problem:/,
      title: String,
      requestId: String,
    })
    t.equal(response.headers['content-type'], 'application/problem+json')
  }
})

t.test('unknown routes and malformed paths are answered with documented problems', async (t) => {
  const { app, lines } = await createTestApp(t, { config: { LOG_LEVEL: 'info' } })
  t.match((await app.inject('/nothing/here')).json(), { status: 404, code: 'ROUTE_NOT_FOUND' })
  t.match((await app.inject({ url: '/v1/nothing', headers: withKey })).json(), { code: 'ROUTE_NOT_FOUND' })
  const before = lines.length
  const unreadable = await app.inject('/v1/images/%E0%A4%A')
  t.match(unreadable.json(), { status: 400, code: 'BAD_REQUEST' })
  const requestId = unreadable.headers['x-request-id']
  t.match(lines.slice(before), [{ requestId, status: 400, code: 'BAD_REQUEST' }])
})

t.test('a request with an unsupported method gets the list of allowed methods', async (t) => {
  const { app } = await createTestApp(t)
  const cases = [
    ['DELETE', '/v1/uploads', 'POST'],
    ['PUT', `/v1/images/${sha256}/complete`, 'POST'],
    ['POST', `/v1/images/${sha256}`, 'GET, HEAD'],
    ['TRACE', '/readyz', 'GET, HEAD'],
    ['QUERY', '/v1/images', 'GET, HEAD'],
  ] as const
  for (const [method, url, allow] of cases) {
    const answer = await app.inject({ method: method as 'GET', url, payload: 'not even JSON' })
    t.match(answer.json(), { status: 405, code: 'METHOD_NOT_ALLOWED' }, `${method} ${url}`)
    t.equal(answer.headers.allow, allow)
  }
})

t.test('too many requests: 429 with Retry-After, for guessed keys and unknown routes as well', async (t) => {
  const cases = [
    ['known', withKey, 201],
    ['guessed', { 'x-api-key': 'guess' }, 401],
  ] as const
  for (const [name, header, served] of cases) {
    const { app } = await createTestApp(t, { config: { RATE_LIMIT_PER_MINUTE: 3 } })
    const statuses = []
    for (let index = 0; index < 5; index += 1) {
      const response = await app.inject({ ...post, headers: header, payload })
      statuses.push(response.statusCode)
      if (response.statusCode !== 429) continue
      t.ok(Number(response.headers['retry-after']) > 0, name)
      t.equal(response.json().code, 'RATE_LIMITED', name)
    }
    t.strictSame(statuses, [served, served, served, 429, 429], name)
  }
  const { app } = await createTestApp(t, { config: { RATE_LIMIT_PER_MINUTE: 1 } })
  await app.inject('/nothing')
  t.equal((await app.inject('/nothing')).statusCode, 429)
  t.equal((await app.inject('/healthz')).statusCode, 200, 'load balancers are not counted')
})

t.test('every request is one log line, without secrets', async (t) => {
  const { app, lines } = await createTestApp(t, { config: { LOG_LEVEL: 'info' } })
  await app.inject({ ...post, headers: withKey, payload })
  const refused = await app.inject({ ...post, headers: { 'x-api-key': 'wrong' }, payload })
  t.match(lines, [
    {
      service: 'gateway',
      operation: 'createUpload',
      tenant: 'local',
      imageId: sha256,
      status: 201,
      durationMs: Number,
    },
    { audit: 'credentials.refused', reason: 'malformed', ip: '127.0.0.1' },
    {
      operation: 'createUpload',
      status: 401,
      code: 'UNAUTHENTICATED',
      requestId: refused.headers['x-request-id'],
    },
  ])
  t.equal(lines.length, 3)
  t.notMatch(JSON.stringify(lines), /X-Amz-Signature|hg_\w+_\w|wrong/)
})

t.test(
  'slow requests are cut off: the timeout for headers is within that for the whole request',
  async (t) => {
    const { app } = await createTestApp(t)
    const server = app.server as typeof app.server & { connectionsCheckingInterval: number }
    const { headersTimeout, requestTimeout, connectionsCheckingInterval } = server
    t.ok(headersTimeout > 0 && headersTimeout <= requestTimeout, 'otherwise Node checks neither')
    t.ok(requestTimeout > 0 && requestTimeout <= 60_000)
    t.ok(connectionsCheckingInterval <= 1_000, 'timeouts are checked every second')
  },
)

t.test('the log names an image only if its id is valid', async (t) => {
  const { app, lines } = await createTestApp(t, { config: { LOG_LEVEL: 'info' } })
  const ask = (sent: unknown) =>
    app.inject({ method: 'POST', url: '/v1/uploads', headers: withKey, payload: { sha256: sent } })
  await ask('x'.repeat(1_000))
  await ask({ of: 'another kind' })
  await ask('AB'.repeat(32))
  const named = lines.map((line) => (line as { imageId?: unknown }).imageId)
  t.strictSame(named, [undefined, undefined, 'ab'.repeat(32)])
})

t.test('an idle connection is kept open for longer than a load balancer keeps it', async (t) => {
  const { app } = await createTestApp(t)
  t.ok(app.server.keepAliveTimeout > 60_000, 'otherwise clients can get a 502 for a request in transit')
})

t.test('the document at /openapi.json names this gateway and its retention', async (t) => {
  const { app } = await createTestApp(t, { config: { RETENTION_DAYS: 30 } })
  const { servers, info } = (
    await app.inject({ url: '/openapi.json', headers: { host: 'g.example:8' } })
  ).json()
  t.match(servers, [{ url: 'http://g.example:8' }])
  t.match(info.description, /deleted 30 days after/)
})

t.test('Swagger UI does not store keys in the browser', async (t) => {
  const { app } = await createTestApp(t)
  t.match((await app.inject('/docs/static/swagger-initializer.js')).body, /"persistAuthorization":false/)
})
