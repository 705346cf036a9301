import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import t from 'tap'
import { startSecretsManagerDouble } from '../../../core/test/kafka/start-secrets-manager-double.ts'
import type { Backing } from '../../local/backing.ts'
import { startStandIns } from '../../local/start-stand-ins.ts'
import { startSystem } from '../../local/start-system.ts'
import { loadCanary } from './load-canary.ts'

/** A double of the distribution in front of the processed bucket. It counts downloads and can refuse them. */
async function startDistribution() {
  const state = { refuses: false, downloads: 0 }
  let backing: Backing['environment'] | undefined
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://distribution')
    state.downloads += 1
    if (!backing || state.refuses || searchParams.get('Key-Pair-Id') !== 'KCANARY') {
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
      return
    }
    const { S3_ENDPOINT, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_REGION } = backing
    const s3 = new S3Client({
      endpoint: S3_ENDPOINT,
      region: AWS_REGION,
      forcePathStyle: true,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    })
    const Key = decodeURIComponent(pathname.slice(1))
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: backing.PROCESSED_BUCKET, Key }))
    response.end(await Body?.transformToByteArray())
    s3.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    state,
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    setOrigin: (environment: Backing['environment']) => {
      backing = environment
    },
  }
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const secrets = await startSecretsManagerDouble(t)
secrets.state.secret = JSON.stringify({
  keyPairId: 'KCANARY',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
})
const distribution = await startDistribution()
const system = await startSystem({
  dataDirectory: t.testdir({}),
  port: 0,
  startBacking: async (directory, onStop) => {
    const backing = await startStandIns(directory, onStop)
    distribution.setOrigin(backing.environment)
    return backing
  },
  settings: {
    CDN_URL: `http://${distribution.host}`,
    CDN_KEY_SECRET_ID: 'hashgate/dev/cdn/private-key',
    SECRETS_MANAGER_ENDPOINT: secrets.endpoint,
  },
})
t.teardown(system.close)

t.test('with CloudFront, the canary downloads the variants through it', async (t) => {
  const { run } = await loadCanary(t, system.key, system.gatewayUrl)
  const { variants } = await run()
  t.equal(variants, 3)
  t.equal(distribution.state.downloads, variants)
})

t.test('if the distribution refuses the signed URLs, the canary fails and names its host', async (t) => {
  const { run } = await loadCanary(t, system.key, system.gatewayUrl)
  distribution.state.refuses = true
  await t.rejects(run(), {
    message: new RegExp(
      `failed at the step "downloading from ${distribution.host}": the variant .* returned 403`,
    ),
  })
})
