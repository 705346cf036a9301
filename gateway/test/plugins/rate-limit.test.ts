import { once } from 'node:events'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import t from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { createKeyTableDouble } from '../../../scripts/testkit/key-table-double.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import { identifyByAny } from '../../auth/identify.ts'
import { createIdentifyByKey } from '../../auth/identify-by-key.ts'

const url = `/v1/images/${sha256}`
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

t.test('each key has its own rate, and responses state what is left of it', async (t) => {
  const { app, keys } = await createTestApp(t)
  const slow = bearer(keys.make({ requestsPerMinute: 2 }).text)
  const other = bearer(keys.make({ requestsPerMinute: 5 }).text)
  const seen = []
  for (let index = 0; index < 3; index += 1) {
    const { statusCode, headers } = await app.inject({ url, headers: slow })
    seen.push([statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining']])
    t.ok(Number(headers['ratelimit-reset']) > 0 && Number(headers['ratelimit-reset']) <= 60)
  }
  t.strictSame(seen, [
    [404, '2', '1'],
    [404, '2', '0'],
    [429, '2', '0'],
  ])
  const refused = await app.inject({ url, headers: slow })
  t.equal(refused.json().code, 'RATE_LIMITED')
  t.ok(Number(refused.headers['retry-after']) > 0)
  t.equal((await app.inject({ url, headers: other })).statusCode, 404, 'another key is not limited')
})

t.test('two keys of one tenant are counted separately', async (t) => {
  const { app, keys } = await createTestApp(t)
  const [first, second] = [1, 1].map((requestsPerMinute) => bearer(keys.make({ requestsPerMinute }).text))
  t.equal((await app.inject({ url, headers: first })).statusCode, 404)
  t.equal((await app.inject({ url, headers: second })).statusCode, 404)
  t.equal((await app.inject({ url, headers: first })).statusCode, 429)
})

t.test('an address is limited before its credentials are checked', async (t) => {
  const { app, keys } = await createTestApp(t, { config: { RATE_LIMIT_PER_MINUTE: 2 } })
  const headers = bearer(`hg_0123456789ab_${'0'.repeat(48)}`)
  const before = keys.asked.length
  const statuses = []
  for (let index = 0; index < 4; index += 1) statuses.push((await app.inject({ url, headers })).statusCode)
  t.strictSame(statuses, [401, 401, 429, 429])
  t.ok(keys.asked.length - before <= 1)
})

t.test('behind a trusted proxy the client’s address counts, and a client cannot forge it', async (t) => {
  const config = { RATE_LIMIT_PER_MINUTE: 1, TRUST_PROXY: '10.0.0.0/8' }
  const { app } = await createTestApp(t, { config })
  const ask = async (remoteAddress: string, forwardedFor: string) => {
    const headers = { ...withKey, 'x-forwarded-for': forwardedFor }
    return (await app.inject({ url, headers, remoteAddress })).statusCode
  }
  t.equal(await ask('10.0.0.1', '192.0.2.1'), 404)
  t.equal(await ask('10.0.0.2', '192.0.2.1'), 429, 'the same client by another proxy')
  t.equal(await ask('10.0.0.1', '192.0.2.2'), 404, 'another client')
  t.equal(await ask('10.0.0.1', '192.0.2.9, 192.0.2.1'), 429, 'addresses that the client adds are ignored')
  t.equal(await ask('203.0.113.5', '192.0.2.7'), 404)
  t.equal(
    await ask('203.0.113.5', '192.0.2.8'),
    429,
    'a client that is not a trusted proxy is counted by its own address',
  )
})

t.test('a client has one limit, regardless of how proxies write its address', async (t) => {
  const proxy = '10.0.0.1'
  const sameClient = {
    'with and without a port': ['192.0.2.1', '192.0.2.1:40000', '192.0.2.1:40001'],
    'behind a proxy whose port is listed': ['192.0.2.2', '192.0.2.2, 10.0.0.9:443', '192.0.2.2:1, 10.0.0.9'],
    'with brackets, as part of a /64': [
      '2001:db8::1',
      '[2001:db8::1]',
      '[2001:db8::2]:443',
      '2001:db8::3%eth0',
    ],
    'text that is not an address counts as the proxy': [
      'unknown',
      '_hidden',
      '1.2.3.4.5:1',
      '[::1',
      '',
      '%0',
    ],
  }
  for (const [name, entries] of Object.entries(sameClient)) {
    const config = { RATE_LIMIT_PER_MINUTE: 1, TRUST_PROXY: '10.0.0.0/8,fd00::/8' }
    const { app } = await createTestApp(t, { config })
    const statuses = []
    for (const entry of entries) {
      const headers = { ...withKey, 'x-forwarded-for': entry }
      statuses.push((await app.inject({ url, headers, remoteAddress: proxy })).statusCode)
    }
    t.strictSame(statuses, [404, ...entries.slice(1).map(() => 429)], name)
  }
})

t.test('the audit log names the address that is limited', async (t) => {
  const config = { TRUST_PROXY: '10.0.0.0/8', LOG_LEVEL: 'warn' } as const
  const { app, lines } = await createTestApp(t, { config })
  const headers = { 'x-api-key': 'wrong', 'x-forwarded-for': '[2001:db8::1]:443' }
  await app.inject({ url, headers, remoteAddress: '::ffff:10.0.0.1' })
  t.match(lines, [{ audit: 'credentials.refused', ip: '2001:db8::1' }])
})

t.test('malformed paths are counted and logged like every other request', async (t) => {
  const { app } = await createTestApp(t, { config: { RATE_LIMIT_PER_MINUTE: 2 } })
  const first = await app.inject('/%zz')
  t.match(first.json(), { code: 'BAD_REQUEST' })
  t.equal(first.headers['ratelimit-remaining'], '1')
  await app.inject('/v1/images/%zz')
  const refused = await app.inject('/%zz')
  t.match(refused.json(), { status: 429, code: 'RATE_LIMITED' })
  t.ok(Number(refused.headers['retry-after']) > 0)
})

t.test('concurrent requests that wait for one key lookup are limited one by one', async (t) => {
  const keys = createKeyTableDouble()
  const { text } = keys.make({ requestsPerMinute: 5 })
  const allArrived = Promise.withResolvers<void>()
  const find: typeof keys.find = async (keyId) => {
    await allArrived.promise
    return keys.find(keyId)
  }
  const audit = { firstUsed: () => {}, firstUseNotRecorded: () => {} }
  const byKey = createIdentifyByKey({ keys: { ...keys, find }, audit, now: Date.now })
  let arrived = 0
  const identify = identifyByAny({
    byKey: (text, origin) => {
      const principal = byKey(text, origin)
      if (++arrived === 8) allArrived.resolve()
      return principal
    },
  })
  const { app } = await createTestApp(t, { dependencies: { identify } })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const requests = Array.from({ length: 8 }, () => fetch(address + url, { headers: bearer(text) }))
  const statuses = (await Promise.all(requests)).map(({ status }) => status)
  t.strictSame(statuses.sort(), [404, 404, 404, 404, 404, 429, 429, 429])
})

t.test('a client that disconnects at once causes no error', async (t) => {
  const { app, lines } = await createTestApp(t, { config: { LOG_LEVEL: 'error' } })
  const address = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  for (let index = 0; index < 20; index += 1) {
    const socket = connect(Number(address.port), address.hostname)
    await once(socket, 'connect')
    socket.write(`GET ${url} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(3))
    socket.resetAndDestroy()
  }
  t.equal((await app.inject(url)).statusCode, 401)
  const countConnections = promisify(app.server.getConnections.bind(app.server))
  await pollUntil(async () => (await countConnections()) === 0)
  t.strictSame(lines, [])
})

t.test('unknown paths are counted before their body is read', async (t) => {
  const { app } = await createTestApp(t, { config: { RATE_LIMIT_PER_MINUTE: 1 } })
  const headers = { 'content-type': 'application/json' }
  const ask = () => app.inject({ method: 'POST', url: '/nothing', headers, payload: '{"broken' })
  t.match((await ask()).json(), { code: 'BODY_NOT_JSON' })
  t.match((await ask()).json(), { code: 'RATE_LIMITED' })
})

t.test('without a trusted proxy the header is ignored', async (t) => {
  const { app } = await createTestApp(t, { config: { RATE_LIMIT_PER_MINUTE: 1 } })
  const ask = (client: string) => app.inject({ url, headers: { ...withKey, 'x-forwarded-for': client } })
  t.equal((await ask('192.0.2.1')).statusCode, 404)
  t.equal((await ask('192.0.2.2')).statusCode, 429)
})

t.test('a batch counts its items', async (t) => {
  const { app, keys, records } = await createTestApp(t)
  const key = bearer(keys.make({ requestsPerMinute: 5, tenant: 'batches' }).text)
  const ask = (count: number) => {
    const uploads = Array.from({ length: count }, (_, index) => ({
      sha256: String(index).padStart(64, '0'),
      byteLength: 5,
      contentType: 'image/png',
    }))
    return app.inject({ method: 'POST', url: '/v1/uploads/batch', headers: key, payload: { uploads } })
  }
  const first = await ask(3)
  t.equal(first.statusCode, 200)
  t.equal(first.headers['ratelimit-remaining'], '2')
  const known = records.size
  const second = await ask(4)
  t.equal(second.statusCode, 429)
  t.ok(Number(second.headers['retry-after']) > 0)
  t.equal(records.size, known, 'no item was processed')
  t.equal((await ask(1)).headers['ratelimit-remaining'], '1', 'no item was counted')
  const { app: other, keys: otherKeys } = await createTestApp(t)
  const never = await other.inject({
    method: 'POST',
    url: '/v1/uploads/batch',
    headers: bearer(otherKeys.make({ requestsPerMinute: 1 }).text),
    payload: { uploads: [1, 2].map(() => ({ sha256, byteLength: 5, contentType: 'image/png' })) },
  })
  t.match(never.json(), { code: 'VALIDATION_FAILED', errors: [{ field: 'uploads' }] }, 'waiting cannot help')
})

t.test('simultaneous batches can use the whole rate', async (t) => {
  const { app, keys } = await createTestApp(t)
  const headers = bearer(keys.make({ requestsPerMinute: 300 }).text)
  const ask = (batch: number) => {
    const uploads = Array.from({ length: 100 }, (_, index) => ({
      sha256: String(batch * 100 + index).padStart(64, '0'),
      byteLength: 5,
      contentType: 'image/png',
    }))
    return app.inject({ method: 'POST', url: '/v1/uploads/batch', headers, payload: { uploads } })
  }
  const answers = await Promise.all(Array.from({ length: 12 }, (_, batch) => ask(batch)))
  const statuses = answers.map(({ statusCode }) => statusCode).sort()
  t.strictSame(statuses, [...Array(3).fill(200), ...Array(9).fill(429)])
})

t.test(
  'a batch without items counts as one request, and the batch of a key over its limit is not read',
  async (t) => {
    const { app, keys } = await createTestApp(t)
    const headers = {
      ...bearer(keys.make({ requestsPerMinute: 2 }).text),
      'content-type': 'application/json',
    }
    const ask = (payload: string) =>
      app.inject({ method: 'POST', url: '/v1/uploads/batch', headers, payload })
    t.match((await ask('{"uploads":[]}')).headers, { 'ratelimit-remaining': '1' })
    t.match((await ask('{"uploads":[1,2,3]}')).headers, { 'ratelimit-remaining': '0' })
    t.match((await ask('{"broken')).json(), { code: 'RATE_LIMITED' })
  },
)
