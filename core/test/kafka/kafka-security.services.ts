import t, { type Test } from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { setKafkaPassword } from '../../../scripts/testkit/kafka/set-kafka-password.ts'
import { startExpiredTlsServer } from '../../../scripts/testkit/kafka/start-expired-tls-server.ts'
import type { DependencyUnavailable } from '../../errors.ts'
import { createEventBus } from '../../events/event-bus.ts'
import { createKafka, type KafkaOptions } from '../../kafka/kafka-client.ts'
import { fixedCredentials, secretCredentials } from '../../kafka/kafka-credentials.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { someEvent } from '../events/some-event.ts'
import { startSecretsManagerDouble } from './start-secrets-manager-double.ts'

const { connection, setting } = await connectServices()
const { brokers, credentials } = connection
const { ca } = connection.tls as { ca: string }
const username = setting('KAFKA_SASL_USERNAME')

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
  const server = await startExpiredTlsServer(t)
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
