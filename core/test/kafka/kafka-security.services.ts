import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import t, { type Test } from 'tap'
import { readServicesEnvironment } from '../../../scripts/services/env-file.ts'
import { findTool } from '../../../scripts/services/find-tool.ts'
import { runTool } from '../../../scripts/services/run-tool.ts'
import type { DependencyUnavailable } from '../../errors.ts'
import { createEventBus } from '../../events/event-bus.ts'
import { createKafka, type KafkaOptions } from '../../kafka/kafka-client.ts'
import { fixedCredentials, secretCredentials } from '../../kafka/kafka-credentials.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { someEvent } from '../events/some-event.ts'
import { setKafkaPassword } from './set-kafka-password.ts'
import { startSecretsManagerDouble } from './start-secrets-manager-double.ts'

const environment = await readServicesEnvironment()
const setting = (name: string) => environment[name] ?? ''
const brokers = setting('KAFKA_BROKERS')
const ca = await readFile(setting('KAFKA_CA_FILE'), 'utf8')
const username = setting('KAFKA_SASL_USERNAME')
const password = setting('KAFKA_SASL_PASSWORD')
const credentials = fixedCredentials({ username, password })

t.test('the right login over TLS: an event is acknowledged', async (t) => {
  const { bus } = open(t, { brokers, tls: { ca }, credentials })
  await t.resolves(bus.publish(someEvent()))
  await t.resolves(bus.ping())
})

t.test('a wrong password: one clear error, and not a word of it in the log', async (t) => {
  const wrong = fixedCredentials({ username, password: 'swordfish' })
  const { faultOf, lines } = open(t, { brokers, tls: { ca }, credentials: wrong })
  t.match(await faultOf(), /^SASL SCRAM SHA512 authentication failed: .*invalid credentials/)
  t.strictSame(lines, [], 'the error itself is all that is said above the level debug')
})

t.test('an authority that nobody trusts: one clear error', async (t) => {
  const { faultOf, lines } = open(t, { brokers, tls: true, credentials })
  t.match(await faultOf(), /unable to verify the first certificate|self-signed certificate/)
  t.strictSame(lines, [])
})

t.test('a certificate that has expired: one clear error', async (t) => {
  const server = await startWithExpiredCertificate(t)
  const { faultOf, lines } = open(t, { brokers: server.address, tls: { ca: server.ca }, credentials })
  t.match(await faultOf(), /certificate has expired/)
  t.strictSame(lines, [])
})

t.test('a password is rotated: whoever connects then reads it again, without a restart', async (t) => {
  const user = `rotated-${process.pid}`
  const { client, state } = await startSecretsManagerDouble(t)
  const rotate = async (password: string) => {
    await setKafkaPassword(setting('KAFKA_PLAINTEXT_BROKERS'), user, password)
    state.secret = JSON.stringify({ username: user, password })
  }
  await rotate('first')
  const options = { brokers, tls: { ca }, credentials: secretCredentials(client, 'kafka', countSeconds()) }
  const connected = open(t, options)
  await t.resolves(connected.bus.publish(someEvent()))

  await rotate('second')
  const connecting = open(t, options)
  t.match(await connecting.faultOf(), /authentication failed/, 'the first try has the old password')
  await t.resolves(connecting.bus.publish(someEvent()), 'the next has the new one, without a restart')
  await t.resolves(connected.bus.publish(someEvent()), 'and so has whoever was connected before')
  t.equal(state.asked, 2)
})

/** A bus of its own, what it logs above the level debug, and what its `publish` says is wrong. */
function open(t: Test, connection: Omit<KafkaOptions, 'clientId' | 'logger'>) {
  const lines: unknown[] = []
  const logger = createLogger('test', 'info', { write: (line) => lines.push(JSON.parse(line)) })
  const kafka = createKafka({ ...connection, clientId: 'hashgate-test', logger })
  const bus = createEventBus(kafka, { topicPrefix: `security-${process.pid}.`, budgetMs: 20_000 })
  t.teardown(bus.close)
  const faultOf = () =>
    bus.publish(someEvent()).then(
      () => 'no fault',
      (error: DependencyUnavailable) => (error.cause as Error).message,
    )
  return { bus, faultOf, lines }
}

/** Each look at the clock is a second later. */
function countSeconds(): () => number {
  let nowMs = 0
  return () => {
    nowMs += 1_000
    return nowMs
  }
}

/** A server whose certificate its authority has signed, but until yesterday only. */
async function startWithExpiredCertificate(t: Test) {
  const directory = t.testdir({ names: 'subjectAltName=IP:127.0.0.1' })
  const file = (name: string) => join(directory, name)
  const options = { task: 'Making a certificate', log: file('openssl.log'), timeoutMs: 30_000 }
  const openssl = (...args: string[]) => runTool(findTool('openssl'), args, options)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc']
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-subj',
    '/CN=ca',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  )
  await openssl('req', ...newKey, '-subj', '/CN=broker', '-keyout', file('key'), '-out', file('csr'))
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-extfile', file('names')]
  await openssl('x509', '-req', '-in', file('csr'), ...signing, '-days', '-1', '-out', file('pem'))

  const read = (name: string) => readFile(file(name), 'utf8')
  const server = createServer({ key: await read('key'), cert: await read('pem') })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  return { address: `127.0.0.1:${port}`, ca: await read('ca.pem') }
}
