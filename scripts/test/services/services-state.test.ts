import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { describeEnvironment } from '../../services/describe-environment.ts'
import { formatEnv } from '../../services/env-file.ts'
import { servicesLayout } from '../../services/services-layout.ts'
import { readOrCreateState, readState } from '../../services/services-state.ts'

t.test('a second up keeps the state of the first', async (t) => {
  const layout = servicesLayout(t.testdir())
  t.equal(await readState(layout), undefined)
  const first = await readOrCreateState(layout, {})
  t.strictSame(await readOrCreateState(layout, {}), first)
  t.strictSame(await readState(layout), first)
  t.equal((await stat(layout.stateFile)).mode & 0o777, 0o600)
})

t.test('other ports or another event URL are refused until down', async (t) => {
  const layout = servicesLayout(t.testdir())
  const { ports, s3EventUrl } = await readOrCreateState(layout, {})
  await readOrCreateState(layout, { ports: { s3: ports.s3 }, s3EventUrl })
  const refusal = { message: /run that first/ }
  await t.rejects(readOrCreateState(layout, { ports: { s3: ports.s3 + 1 } }), refusal)
  await t.rejects(readOrCreateState(layout, { s3EventUrl: 'http://127.0.0.1:1/' }), refusal)
})

t.test('every new state has new secrets', async (t) => {
  const [one, two] = await Promise.all([
    readOrCreateState(servicesLayout(join(t.testdir(), 'one')), {}),
    readOrCreateState(servicesLayout(join(t.testdir(), 'two')), {}),
  ])
  t.not(one.kafka.password, two.kafka.password)
  t.not(one.s3.secretAccessKey, two.s3.secretAccessKey)
  t.not(one.redis.password, two.redis.password)
  t.match(one.s3.accessKeyId, /^[a-z0-9]+$/, 'DynamoDB Local accepts the access key id')
  t.equal(one.kafka.password.length, 32)
})

t.test('the settings can be written to an env file and name each endpoint', async (t) => {
  const layout = servicesLayout('/some/where')
  const state = await readOrCreateState(servicesLayout(t.testdir()), {
    s3EventUrl: 'http://127.0.0.1:9/s3-events',
  })
  const environment = describeEnvironment(layout, state)
  t.ok(formatEnv(environment))
  t.equal(environment.KAFKA_BROKERS.split(',').length, 3)
  t.equal(environment.S3_ENDPOINT, `http://127.0.0.1:${state.ports.s3}`)
  t.equal(environment.S3_EVENT_URL, 'http://127.0.0.1:9/s3-events')
  t.equal(environment.KAFKA_CA_FILE, '/some/where/current/tls/ca.pem')
})
