import t from 'tap'
import { DependencyUnavailable } from '../../../core/errors.ts'
import { createLogger } from '../../../core/logger.ts'
import { createAudit } from '../../auth/audit.ts'
import { createIdentifyByKey, keyLifetimeMs } from '../../auth/identify-by-key.ts'
import { createKeyTableDouble } from '../key-table-double.ts'

const origin = { ip: '192.0.2.1', requestId: 'request-1' }

function setUp() {
  const keys = createKeyTableDouble()
  const clock = { now: Date.UTC(2026, 10, 22) }
  const lines: Record<string, unknown>[] = []
  const audit = createAudit(
    createLogger('gateway', 'info', { write: (line) => lines.push(JSON.parse(line)) }),
  )
  /** Each call is another gateway, with a cache of its own. */
  const openGateway = (table: Parameters<typeof createIdentifyByKey>[0]['keys'] = keys) => {
    const identify = createIdentifyByKey({ keys: table, audit, now: () => clock.now })
    return (text: string) => identify(text, origin)
  }
  return { keys, clock, lines, openGateway }
}

t.test('a key in force says who asks, and the table is asked once a minute', async (t) => {
  const { keys, clock, openGateway } = setUp()
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
  clock.now += keyLifetimeMs + 1
  await identify(text)
  t.equal(keys.asked.length, 2)
})

t.test('a revoked key is refused at the latest when it is looked at again', async (t) => {
  const { keys, clock, openGateway } = setUp()
  const identify = openGateway()
  const { text, record } = keys.make()
  await identify(text)
  await keys.mark(record.keyId, 'revokedAt', clock.now)
  clock.now += 60_001
  await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'revoked', detail: /revoked/ })
})

t.test('a key ends at its moment, also when it is remembered', async (t) => {
  const { keys, clock, openGateway } = setUp()
  const identify = openGateway()
  const { text } = keys.make({ expiresAt: new Date(clock.now + 1_000).toISOString() })
  await identify(text)
  clock.now += 1_000
  await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'expired', detail: /expired/ })
})

t.test('a wrong secret learns nothing of the key, not even that it has ended', async (t) => {
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

t.test('what is no key is not looked up; what nobody has, is once in a while', async (t) => {
  const { keys, clock, openGateway } = setUp()
  const identify = openGateway()
  for (const text of ['', 'x', 'hg_1_2', `hg_0123456789ab_${'x'.repeat(48)}`]) {
    await t.rejects(identify(text), { code: 'UNAUTHENTICATED', reason: 'malformed' })
  }
  t.strictSame(keys.asked, [])
  const guess = `hg_0123456789ab_${'0'.repeat(48)}`
  for (let index = 0; index < 5; index += 1)
    await t.rejects(identify(guess), { code: 'UNAUTHENTICATED', reason: 'unknown' })
  t.equal(keys.asked.length, 1)
  clock.now += 5_001
  await t.rejects(identify(guess), { code: 'UNAUTHENTICATED', reason: 'unknown' })
  t.equal(keys.asked.length, 2, 'a key made meanwhile would be found')
})

t.test('the first use is told once, over all gateways', async (t) => {
  const { keys, lines, openGateway } = setUp()
  const { text, record } = keys.make({ tenant: 'acme' })
  await Promise.all([openGateway(), openGateway(), openGateway()].map((identify) => identify(text)))
  await openGateway()(text)
  t.match(lines, [{ audit: 'key.first_used', principal: record.keyId, tenant: 'acme', ...origin }])
  t.equal(lines.length, 1)
  t.notMatch(JSON.stringify(lines), text)
})

t.test('a table that does not answer is not taken for a refusal, and is asked again', async (t) => {
  const { keys, openGateway } = setUp()
  const { text } = keys.make()
  let isAway = true
  const find = async (keyId: string) => {
    if (isAway) throw new DependencyUnavailable('catalog')
    return keys.find(keyId)
  }
  const identify = openGateway({ find, mark: keys.mark })
  await t.rejects(identify(text), { code: 'DEPENDENCY_UNAVAILABLE', status: 503 })
  isAway = false
  t.match(await identify(text), { tenant: 'local' })
})
