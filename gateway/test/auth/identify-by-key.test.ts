import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createKeyTableDouble } from '../../../scripts/testkit/key-table-double.ts'
import { createAudit } from '../../auth/audit.ts'
import { createIdentifyByKey, keyLifetimeMs } from '../../auth/identify-by-key.ts'

const origin = { ip: '192.0.2.1', requestId: 'request-1' }

function setUp() {
  const keys = createKeyTableDouble()
  const clock = { now: Date.UTC(2026, 10, 22), uptime: 1 }
  const pass = (ms: number) => {
    clock.now += ms
    clock.uptime += ms
  }
  const lines: Record<string, unknown>[] = []
  const audit = createAudit(
    createLogger('gateway', 'info', { write: (line) => lines.push(JSON.parse(line)) }),
  )
  /** Each call creates another gateway with its own cache. */
  const openGateway = (table: Parameters<typeof createIdentifyByKey>[0]['keys'] = keys) => {
    const times = { now: () => clock.now, uptime: () => clock.uptime }
    const identify = createIdentifyByKey({ keys: table, audit, ...times })
    return (text: string) => identify(text, origin)
  }
  return { keys, clock, pass, lines, openGateway }
}

t.test('a valid key identifies the caller, and the table is read once a minute', async (t) => {
  const { keys, pass, openGateway } = setUp()
  const identify = openGateway()
  const { text, record } = keys.make({ tenant: 'acme', scopes: ['read'], requestsPerMinute: 7 })
  t.match(await identify(text), {
    id: `key:${record.keyId}`,
    tenant: 'acme',
    scopes: ['read'],
    requestsPerMinute: 7,
  })
  await Promise.all(Array.from({ length: 50 }, () => identify(text)))
  t.equal(keys.asked.length, 1)
  pass(keyLifetimeMs + 1)
  await identify(text)
  t.equal(keys.asked.length, 2)
})

t.test('a revoked key is rejected once its cached entry expires', async (t) => {
  const { keys, clock, pass, openGateway } = setUp()
  const identify = openGateway()
  const { text, record } = keys.make()
  await identify(text)
  await keys.mark(record.keyId, 'revokedAt', clock.now)
  pass(55_001)
  await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'revoked', detail: /revoked/ })
})

t.test('a revoked key is rejected even if the clock was set back meanwhile', async (t) => {
  const { keys, clock, pass, openGateway } = setUp()
  const identify = openGateway()
  const { text, record } = keys.make()
  await identify(text)
  await keys.mark(record.keyId, 'revokedAt', clock.now)
  clock.now -= 3_600_000
  pass(55_001)
  await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'revoked' })
})

t.test('a key expires on time even if it is cached', async (t) => {
  const { keys, clock, openGateway } = setUp()
  const identify = openGateway()
  const { text } = keys.make({ expiresAt: new Date(clock.now + 1_000).toISOString() })
  await identify(text)
  clock.now += 1_000
  await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'expired', detail: /expired/ })
})

t.test('a wrong secret reveals nothing about the key, not even that it has expired', async (t) => {
  const { keys, openGateway } = setUp()
  const identify = openGateway()
  const wrong = (keyId: string) => `hg_${keyId}_${'0'.repeat(48)}`
  const inForce = keys.make().record.keyId
  const revoked = keys.make({ revokedAt: '2026-11-01T00:00:00.000Z' }).record.keyId
  const answers = await Promise.all(
    ['0123456789ab', inForce, revoked].map((keyId) =>
      identify(wrong(keyId)).catch(({ code, status, detail, title }) => ({ code, status, detail, title })),
    ),
  )
  t.match(answers[0], { code: 'UNAUTHENTICATED', status: 401, detail: undefined })
  t.strictSame(answers[1], answers[0])
  t.strictSame(answers[2], answers[0])
})

t.test('malformed keys are not looked up, and unknown keys are cached briefly', async (t) => {
  const { keys, pass, openGateway } = setUp()
  const identify = openGateway()
  for (const text of ['', 'x', 'hg_1_2', `hg_0123456789ab_${'x'.repeat(48)}`]) {
    await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'malformed' })
  }
  t.strictSame(keys.asked, [])
  const guess = `hg_0123456789ab_${'0'.repeat(48)}`
  for (let index = 0; index < 5; index += 1)
    await t.rejects(identify(guess), { code: 'UNAUTHENTICATED', reason: 'unknown' })
  t.equal(keys.asked.length, 1)
  pass(5_001)
  await t.rejects(identify(guess), { code: 'UNAUTHENTICATED', reason: 'unknown' })
  t.equal(keys.asked.length, 2, 'after the cache time, a new key would be found')
})

t.test('the first use of a key is reported once across all gateways', async (t) => {
  const { keys, lines, openGateway } = setUp()
  const { text, record } = keys.make({ tenant: 'acme' })
  await Promise.all([openGateway(), openGateway(), openGateway()].map((identify) => identify(text)))
  await openGateway()(text)
  t.match(lines, [{ audit: 'key.first_used', principal: record.keyId, tenant: 'acme', ...origin }])
  t.equal(lines.length, 1)
  t.notMatch(JSON.stringify(lines), text)
})

t.test('a first use that cannot be stored does not fail the request and is stored later, once', async (t) => {
  const { keys, lines, pass, openGateway } = setUp()
  const { text, record } = keys.make()
  let isAway = true
  let marked = 0
  const mark: typeof keys.mark = async (...args) => {
    marked += 1
    if (isAway) throw new DependencyUnavailable('catalog')
    return keys.mark(...args)
  }
  const identify = openGateway({ find: keys.find, mark })
  await Promise.all(Array.from({ length: 20 }, () => identify(text)))
  t.equal(marked, 1, 'simultaneous requests record one first use')
  t.match(lines, [{ operation: 'audit', principal: record.keyId }])
  isAway = false
  pass(keyLifetimeMs + 1)
  await identify(text)
  await setImmediate()
  t.match(lines.slice(1), [{ audit: 'key.first_used', principal: record.keyId }])
})

t.test('an unavailable key table is not a rejection, and the next request reads it again', async (t) => {
  const { keys, openGateway } = setUp()
  const { text } = keys.make()
  let isAway = true
  const find = async (keyId: string) => {
    if (isAway) throw new DependencyUnavailable('catalog')
    return keys.find(keyId)
  }
  const identify = openGateway({ find, mark: keys.mark })
  await t.rejects(identify(text), { name: 'DependencyUnavailable' })
  isAway = false
  t.match(await identify(text), { tenant: 'local' })
})
