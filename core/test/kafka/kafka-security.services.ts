import t, { type Test } from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { setKafkaPassword } from '../../../scripts/testkit/kafka/set-kafka-password.ts'
import { startExpiredTlsServer } from '../../../scripts/testkit/kafka/start-expired-tls-server.ts'
import { pollUntil } from '../../../scripts/testkit/poll-until.ts'
import type { DependencyUnavailable } from '../../errors.ts'
import { createEventBus } from '../../events/event-bus.ts'
import { allowAccess, withdrawAccess } from '../../kafka/admin/allow-access.ts'
import { createKafka, type KafkaOptions } from '../../kafka/kafka-client.ts'
import { fixedCredentials, secretCredentials } from '../../kafka/kafka-credentials.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { someEvent } from '../events/some-event.ts'
import { startSecretsManagerDouble } from './start-secrets-manager-double.ts'

const { connection, setting } = await connectServices()
const { brokers, credentials } = connection
const { ca } = connection.tls as { ca: string }
const username = setting('KAFKA_SASL_USERNAME')
const topicPrefix = `security-${process.pid}.`
const ownTopics = { resource: 'TOPIC', name: topicPrefix, isPrefix: true } as const

t.test('with the right login over TLS an event is acknowledged', async (t) => {
  const { bus } = open(t, { brokers, tls: { ca }, credentials })
  await t.resolves(bus.publish(someEvent()))
  await t.resolves(bus.ping())
})

t.test('a wrong password causes one clear error and is not logged', async (t) => {
  const wrong = fixedCredentials({ username, password: 'swordfish' })
  const { publishError, lines } = open(t, { brokers, tls: { ca }, credentials: wrong })
  t.match(await publishError(), /^SASL SCRAM SHA512 authentication failed: .*invalid credentials/)
  t.strictSame(lines, [], 'nothing is logged above the level debug')
})

t.test('an untrusted CA causes one clear error', async (t) => {
  const { publishError, lines } = open(t, { brokers, tls: true, credentials })
  t.match(await publishError(), /unable to verify the first certificate|self-signed certificate/)
  t.strictSame(lines, [])
})

t.test('an expired certificate causes one clear error', async (t) => {
  const server = await startExpiredTlsServer(t)
  const { publishError, lines } = open(t, { brokers: server.address, tls: { ca: server.ca }, credentials })
  t.match(await publishError(), /certificate has expired/)
  t.strictSame(lines, [])
})

t.test('after a rotation, new connections read the new password without a restart', async (t) => {
  const user = `rotated-${process.pid}`
  const { client, state } = await startSecretsManagerDouble(t)
  const rules = [{ ...ownTopics, user, operation: 'WRITE' as const }]
  const superUser = createKafka({
    ...connection,
    clientId: 'hashgate-test',
    logger: createLogger('test', 'silent'),
  })
  await allowAccess(superUser, rules)
  t.teardown(() => withdrawAccess(superUser, rules))
  const rotate = async (password: string) => {
    await setKafkaPassword(setting('KAFKA_PLAINTEXT_BROKERS'), user, password)
    await waitForPassword(user, password)
    state.secret = JSON.stringify({ username: user, password })
  }
  await rotate('first')
  const options = { brokers, tls: { ca }, credentials: secretCredentials(client, 'kafka', countSeconds()) }
  const connected = open(t, options)
  await t.resolves(connected.bus.publish(someEvent()))

  await rotate('second')
  const connecting = open(t, options)
  t.match(await connecting.publishError(), /authentication failed/, 'the first attempt uses the old password')
  await t.resolves(connecting.bus.publish(someEvent()), 'the next uses the new one')
  await t.resolves(connected.bus.publish(someEvent()), 'an existing connection keeps working')
  t.equal(state.requestCount, 2)
})

/** A bus, the lines that it logs above the level debug, and the error of its `publish`. */
function open(t: Test, connection: Omit<KafkaOptions, 'clientId' | 'logger'>) {
  const lines: unknown[] = []
  const logger = createLogger('test', 'info', { write: (line) => lines.push(JSON.parse(line)) })
  const kafka = createKafka({ ...connection, clientId: 'hashgate-test', logger })
  const bus = createEventBus(kafka, { topicPrefix, budgetMs: 20_000 })
  t.teardown(bus.close)
  const publishError = () =>
    bus.publish(someEvent()).then(
      () => 'no error',
      (error: DependencyUnavailable) => (error.cause as Error).message,
    )
  return { bus, publishError, lines }
}

/** Waits until every broker accepts the password: a new one reaches each broker at a different time. */
async function waitForPassword(user: string, password: string): Promise<void> {
  const logger = createLogger('test', 'silent')
  const login = { tls: { ca }, credentials: fixedCredentials({ username: user, password }) }
  for (const broker of brokers.split(',')) {
    await pollUntil(async () => {
      const admin = createKafka({ ...login, brokers: broker, clientId: 'hashgate-test', logger }).admin()
      const isAccepted = await admin.connect().then(
        () => true,
        () => false,
      )
      await admin.disconnect()
      return isAccepted
    })
  }
}

/** A clock that advances by a second per reading. */
function countSeconds(): () => number {
  let nowMs = 0
  return () => {
    nowMs += 1_000
    return nowMs
  }
}
