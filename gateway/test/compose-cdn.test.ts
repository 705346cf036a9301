import { generateKeyPairSync } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import { createLogger } from '../../core/telemetry/logger.ts'
import { startSecretsManagerDouble } from '../../core/test/kafka/start-secrets-manager-double.ts'
import { createCatalogDouble } from '../../scripts/testkit/create-catalog-double.ts'
import { sha256, testConfig, testNow } from '../../scripts/testkit/create-test-app.ts'
import { createEventSource } from '../../scripts/testkit/streams/create-event-source.ts'
import { composeGateway } from '../compose-gateway.ts'
import type { GatewayConfig } from '../config.ts'

const cdn = {
  CDN_URL: 'https://images-cdn.example.com',
  CDN_KEY_SECRET_ID: 'hashgate/dev/cdn/private-key',
}
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const secret = JSON.stringify({
  keyPairId: 'K2JCJMDEHXQW5F',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
})
const key = `local/${sha256}/20261122/5f0c9b1d7a3e8264/thumb.webp`
const ready = {
  tenant: 'local',
  imageId: sha256,
  status: 'ready',
  byteLength: 5,
  contentType: 'image/png',
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: testNow / 1_000 + 1_234,
  image: {
    variants: [{ name: 'thumb', key, width: 4, height: 3, byteLength: 9, contentType: 'image/webp' }],
  },
}

/** A gateway over real clients that no call reaches, apart from the catalog's and Secrets Manager's. */
async function start(t: Test, settings: Partial<GatewayConfig>, secret: string) {
  const { client, state } = await startSecretsManagerDouble(t)
  state.secret = secret
  const s3 = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'access', secretAccessKey: 'secret' },
  })
  t.teardown(() => s3.destroy())
  const records = new Map([[`local#${sha256}`, ready as never]])
  const now = () => testNow
  const gateway = await composeGateway(
    { ...testConfig, AUTH: 'none', WEBHOOKS_TABLE: '', ...settings },
    {
      logger: createLogger('test', 'silent'),
      s3,
      secretsManager: client,
      now,
      eventBus: { publish: async () => {}, ping: async () => {}, close: async () => {} } as never,
      dependencies: { catalog: createCatalogDouble(records, now), liveEvents: createEventSource() },
    },
  )
  t.teardown(gateway.close)
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const image = (await (await fetch(`${url}/v1/images/${sha256}`)).json()) as {
    variants: { url: string; urlExpiresAt: string }[]
  }
  return { variant: image.variants[0], state }
}

t.test('with a content delivery network, variant URLs lead to it', async (t) => {
  const { variant } = await start(t, cdn, secret)
  t.ok(variant?.url.startsWith(`${cdn.CDN_URL}/${key}?`))
  t.match(variant?.url, /&Key-Pair-Id=K2JCJMDEHXQW5F$/)
  t.notMatch(variant?.url, /X-Amz-/)
  t.equal(variant?.urlExpiresAt, '2026-11-22T10:20:34.000Z')
})

t.test('without one, they lead to the bucket, and no secret is read', async (t) => {
  const { variant, state } = await start(t, {}, secret)
  t.match(variant?.url, /X-Amz-Signature=/)
  t.equal(state.requestCount, 0)
})

t.test('a gateway without a usable key does not start', async (t) => {
  await t.rejects(start(t, cdn, 'the random text of a new secret'), {
    name: 'ConfigError',
    message: /^CDN_KEY_SECRET_ID: the secret must be JSON such as/,
  })
})
