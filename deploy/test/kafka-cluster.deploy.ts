import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import { createEventTopics } from '../../core/events/create-event-topics.ts'
import { createKafka } from '../../core/kafka/kafka-client.ts'
import { fixedCredentials } from '../../core/kafka/kafka-credentials.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { modelEnvironment } from '../model/model-environment.ts'
import { brokerIds, startMachines } from './broker/start-machines.ts'

const login = { username: 'hashgate', password: 'Aa1'.repeat(16) }
const logger = createLogger('test', 'silent')

t.test('the user data of three brokers starts a cluster that clients can verify and log in to', async (t) => {
  const { machines, secret, readSecrets, throttle } = await startMachines(t, modelEnvironment('dev'), login)
  await Promise.all(machines.map(({ boot }) => boot()))

  for (const [index, { folder }] of machines.entries()) {
    const properties = await readFile(join(folder, 'etc/kafka/server.properties'), 'utf8')
    const bytes = (name: string) =>
      Number(new RegExp(`^log\\.${name}\\.bytes=(\\d+)$`, 'm').exec(properties)?.[1])
    const filled = (bytes('retention') + bytes('segment')) * 100
    t.ok(filled > 0 && filled <= 0.8 * 100 * 2 ** 30, 'a hundred partitions do not fill the disk of 100 GiB')
    const unit = await readFile(join(folder, 'etc/systemd/system/kafka.service'), 'utf8')
    t.match(unit, /^IPAddressDeny=169\.254\.169\.254 /m, "Kafka cannot get the instance's credentials")
    const id = brokerIds[index]
    t.match(
      await readFile(join(folder, 'signal'), 'utf8'),
      `--exit-code 0 --stack hashgate-dev-kafka-cluster --resource Broker${id}`,
    )
    for (const left of ['ca.key', 'authority.json', 'scram']) {
      t.notOk(existsSync(join(folder, 'etc/kafka', left)), `broker ${id} keeps no ${left}`)
    }
  }

  // What the event source of Lambda and the gateway read.
  const { certificate: ca } = JSON.parse(await readFile(secret('CaSecretArn'), 'utf8'))
  const brokers = machines.map(({ address }) => `${address}:9096`).join(',')
  const open = (password: string) =>
    createKafka({
      brokers,
      clientId: 'test',
      logger,
      tls: { ca },
      credentials: fixedCredentials({ ...login, password }),
    })

  const topics = await createEventTopics(open(login.password), {
    topicPrefix: 'hashgate.',
    partitions: 12,
    retentionDays: 7,
  })
  t.same(
    topics.map(({ replicas }) => replicas),
    topics.map(() => 3),
    'every topic is on all three',
  )
  const producer = open(login.password).producer()
  await producer.connect()
  await producer.send({ topic: 'hashgate.image.processed', acks: -1, messages: [{ value: 'hello' }] })
  await producer.disconnect()

  await t.rejects(
    open('wrong')
      .admin({ retry: { retries: 0 } })
      .connect(),
    'a wrong password is refused',
  )
  for (const port of [9093, 9094]) {
    const end = await visitWithoutCertificate(machines[0]?.address ?? '', port, ca)
    t.match(end, 'ALERT_BAD_CERTIFICATE', `port ${port}, among brokers, is shut to who shows no certificate`)
  }

  const before = await readSecrets()
  t.equal(Object.keys(before).length, 3, 'login, authorities and their key')
  await machines[0]?.stop()
  await throttle()
  await machines[0]?.boot()
  t.strictSame(await readSecrets(), before, 'a throttled restart of the first broker keeps the authority')
})

/** How a broker ends a connection that shows no certificate. In TLS 1.3 it says so after the handshake. */
async function visitWithoutCertificate(host: string, port: number, ca: string): Promise<string> {
  const socket = connect({ host, port, ca })
  socket.on('secureConnect', () => socket.write('hello'))
  try {
    await once(socket, 'close')
    return 'closed without an alert'
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  } finally {
    socket.destroy()
  }
}
