import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { composeGateway } from '../../../gateway/compose-gateway.ts'
import { readGatewayConfig } from '../../../gateway/config.ts'
import { composeProcessor } from '../../../processor/compose-processor.ts'
import { readProcessorConfig } from '../../../processor/config.ts'
import { createS3WebhookServer } from '../../../processor/triggers/s3-webhook-server.ts'
import type { Stop } from '../../local/backing.ts'
import { connectStores } from '../../local/create-stores.ts'
import { startStandIns } from '../../local/start-stand-ins.ts'
import { pollUntil } from '../../testkit/poll-until.ts'

const directory = await mkdtemp(join(tmpdir(), 'hashgate-startup-'))
const stops: Stop[] = []
const { environment } = await startStandIns(directory, (stop) => stops.push(stop))
t.teardown(async () => {
  for (const stop of stops) await stop()
  await rm(directory, { recursive: true })
})

interface Line {
  level: string
  dependency?: string
  msg: string
}

interface Readiness {
  status: string
  dependencies: Record<string, { state: string }>
}

/** Nothing listens on this port. */
const unusedUrl = 'http://127.0.0.1:2'

function createLog() {
  const lines: Line[] = []
  return {
    lines,
    logger: createLogger('test', 'info', { write: (line: string) => lines.push(JSON.parse(line)) }),
  }
}

/** Starts a gateway with these settings. */
async function startWith(t: Test, settings: Partial<typeof environment> & Record<string, string>) {
  const { logger, lines } = createLog()
  const chosen = { ...environment, ...settings }
  const { s3, dynamoDb, close } = connectStores(chosen)
  const gateway = await composeGateway(readGatewayConfig(chosen), { logger, s3, dynamoDb })
  t.teardown(async () => {
    await gateway.close()
    close()
  })
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  const linesOf = (dependency: string) => lines.filter((line) => line.dependency === dependency)
  return { linesOf, url, lines }
}

/** Polls readiness until these dependencies are up, because on a busy machine one may time out at first. */
function readinessOnceUp(url: string, names: string[]) {
  return pollUntil(async () => {
    const response = await fetch(`${url}/readyz`)
    const readiness = (await response.json()) as Readiness
    const areUp = names.every((name) => readiness.dependencies[name]?.state === 'up')
    return areUp ? { code: response.status, ...readiness } : undefined
  })
}

const mistakes: [dependency: string, names: RegExp, settings: Record<string, string>][] = [
  ['bucket', /NoSuchBucket.* Check RAW_BUCKET/, { RAW_BUCKET: 'another-bucket' }],
  ['bucket', /Check AWS_REGION\./, { AWS_REGION: 'eu-west-1' }],
  ['bucket', /SignatureDoesNotMatch.*AWS_SECRET_ACCESS_KEY/, { AWS_SECRET_ACCESS_KEY: 'wrong' }],
  ['bucket', /InvalidAccessKeyId.*AWS_ACCESS_KEY_ID/, { AWS_ACCESS_KEY_ID: 'wrong' }],
  ['bucket', /ECONNREFUSED.* Check S3_ENDPOINT/, { S3_ENDPOINT: unusedUrl }],
  ['catalog', /ResourceNotFoundException.* Check CATALOG_TABLE/, { CATALOG_TABLE: 'another-table' }],
  ['catalog', /ECONNREFUSED.* Check DYNAMODB_ENDPOINT/, { DYNAMODB_ENDPOINT: unusedUrl }],
  ['keys', /ResourceNotFoundException.* Check KEYS_TABLE/, { KEYS_TABLE: 'another-table' }],
  ['events', /ECONNREFUSED.* Check KAFKA_BROKERS/, { KAFKA_BROKERS: '127.0.0.1:9' }],
  ['events', /Check KAFKA_BROKERS and KAFKA_TLS/, { KAFKA_TLS: 'true' }],
  // The attempt is given up when the start blocks the process for two seconds.
  ['redis', /(ECONNREFUSED|ETIMEDOUT).* Check REDIS_URL/, { REDIS_URL: 'redis://127.0.0.1:9' }],
  ['issuer', /ECONNREFUSED.* Check JWT_ISSUER/, jwt({ JWT_ISSUER: unusedUrl })],
  [
    'issuer',
    /ECONNREFUSED.* Check JWT_JWKS_URL/,
    jwt({ JWT_ISSUER: 'x', JWT_JWKS_URL: `${unusedUrl}/keys` }),
  ],
]

function jwt(settings: Record<string, string>): Record<string, string> {
  return { AUTH: 'keys,jwt', JWT_AUDIENCE: 'hashgate', ...settings }
}

for (const [dependency, expected, settings] of mistakes) {
  t.test(`a wrong ${Object.keys(settings).join(', ')} is reported in one line`, async (t) => {
    const { linesOf } = await startWith(t, settings)
    const { level, msg } = await pollUntil(() => linesOf(dependency)[0])
    t.equal(level, 'error')
    t.match(msg, expected)
    t.notMatch(msg, environment.AWS_SECRET_ACCESS_KEY, 'the message contains no secret')
  })
}

t.test(
  'a wrong KEYS_TABLE does not report the catalog as down, and readiness does not repeat the line',
  async (t) => {
    const { linesOf, url } = await startWith(t, { KEYS_TABLE: 'another-table' })
    await pollUntil(() => linesOf('keys')[0])
    t.match(await readinessOnceUp(url, ['bucket', 'catalog']), {
      status: 'unavailable',
      dependencies: { keys: { state: 'down' } },
    })
    t.equal(linesOf('keys').length, 1)
  },
)

t.test('a worker with a wrong setting reports it and is not ready', async (t) => {
  const { logger, lines } = createLog()
  const chosen = { ...environment, PROCESSED_BUCKET: 'another-bucket' }
  const { s3, dynamoDb, close } = connectStores(chosen)
  const config = readProcessorConfig(chosen)
  const { processor, watched, ...composed } = await composeProcessor(config, { logger, s3, dynamoDb })
  const server = createS3WebhookServer({ processor, rawBucket: 'raw', dependencies: watched, logger })
  t.teardown(async () => {
    await server.close()
    await composed.close()
    close()
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const { msg } = await pollUntil(() => lines.find(({ dependency }) => dependency === 'processedBucket'))
  t.match(msg, /NoSuchBucket.* Check PROCESSED_BUCKET/)
  t.match(await readinessOnceUp(url, ['rawBucket']), {
    code: 503,
    status: 'unavailable',
    dependencies: { processedBucket: { state: 'down' } },
  })
})

t.test('correct settings log no error', async (t) => {
  const { url, lines } = await startWith(t, {})
  const dependencies = ['bucket', 'catalog', 'keys', 'events']
  t.match(await readinessOnceUp(url, dependencies), { status: 'ready' })
  t.same(
    lines.filter(({ level, msg }) => level === 'error' && !msg.includes('no response within 1500 ms')),
    [],
  )
})
