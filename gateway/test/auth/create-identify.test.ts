import t, { type Test } from 'tap'
import type { KeyTable } from '../../../core/api-keys/key-table.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { createKeyTableDouble } from '../../../scripts/testkit/key-table-double.ts'
import { createAudit } from '../../auth/audit.ts'
import { createIdentify } from '../../auth/create-identify.ts'
import { readGatewayConfig } from '../../config.ts'
import { startIssuer } from './start-issuer.ts'

const origin = { ip: '192.0.2.1', requestId: 'request-1' }
const required = {
  RAW_BUCKET: 'raw',
  PROCESSED_BUCKET: 'processed',
  CATALOG_TABLE: 'images',
  KEYS_TABLE: 'keys',
  KAFKA_BROKERS: 'localhost:9092',
}

async function setUp(t: Test, settings: Record<string, string>) {
  const issuer = await startIssuer(t)
  const keys = createKeyTableDouble()
  const jwt = { JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: 'hashgate' }
  const identify = createIdentify(readGatewayConfig({ ...required, ...jwt, ...settings }), {
    keys: keys as unknown as KeyTable,
    audit: createAudit(createLogger('test', 'silent')),
    now: Date.now,
  })
  const token = await issuer.sign({ tenant: 'acme', scope: 'read' }, Date.now())
  return { identify, key: keys.make().text, token }
}

t.test('AUTH=keys accepts keys and rejects tokens', async (t) => {
  const { identify, key, token } = await setUp(t, { AUTH: 'keys' })
  t.match(await identify({ bearer: key }, origin), { tenant: 'local' })
  await t.rejects(identify({ bearer: token }, origin), { code: 'UNAUTHENTICATED', reason: 'malformed' })
})

t.test('AUTH=jwt accepts tokens and rejects keys', async (t) => {
  const { identify, key, token } = await setUp(t, { AUTH: 'jwt' })
  t.match(await identify({ bearer: token }, origin), { tenant: 'acme', scopes: ['read'] })
  await t.rejects(identify({ bearer: key }, origin), { code: 'UNAUTHENTICATED', reason: 'malformed' })
})

t.test('AUTH=keys,jwt accepts both', async (t) => {
  const { identify, key, token } = await setUp(t, { AUTH: 'keys,jwt' })
  t.match(await identify({ bearer: key }, origin), { tenant: 'local' })
  t.match(await identify({ bearer: token }, origin), { tenant: 'acme' })
})

t.test('AUTH=none lets every caller act as the tenant local with all scopes', async (t) => {
  const { identify } = await setUp(t, { AUTH: 'none', RATE_LIMIT_PER_MINUTE: '7' })
  t.strictSame(await identify({}, origin), {
    id: 'anonymous',
    tenant: 'local',
    scopes: ['upload', 'read', 'admin'],
    requestsPerMinute: 7,
  })
})
