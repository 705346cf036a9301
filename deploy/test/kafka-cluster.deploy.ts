import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import { createEventTopics } from '../../core/events/create-event-topics.ts'
import { allowAccess } from '../../core/kafka/admin/allow-access.ts'
import { createKafka, type KafkaClient } from '../../core/kafka/kafka-client.ts'
import { fixedCredentials } from '../../core/kafka/kafka-credentials.ts'
import { retryWhile } from '../../core/kafka/retry-while.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { accessNames } from '../../scripts/topics/access-names.ts'
import { describeAccess } from '../../scripts/topics/describe-access.ts'
import { modelEnvironment } from '../model/model-environment.ts'
import { brokerIds, startMachines } from './broker/start-machines.ts'

const loginOf = (component: string) => ({
  username: `hashgate-dev-${component}`,
  password: `${component}Aa1`.repeat(4),
})
const logins = {
  gateway: loginOf('gateway'),
  processor: loginOf('processor'),
  webhooks: loginOf('webhooks'),
  operator: loginOf('operator'),
}
const logger = createLogger('test', 'silent')
const forbidden = { message: /authorization failed/i }

t.test(
  'the user data of three brokers starts a cluster that clients can verify, and in which each login has its own rights',
  async (t) => {
    const { machines, secret, readSecrets, throttle } = await startMachines(
      t,
      modelEnvironment('dev'),
      logins,
    )
    await Promise.all(machines.map(({ boot }) => boot()))

    for (const [index, { folder }] of machines.entries()) {
      const properties = await readFile(join(folder, 'etc/kafka/server.properties'), 'utf8')
      const bytes = (name: string) =>
        Number(new RegExp(`^log\\.${name}\\.bytes=(\\d+)$`, 'm').exec(properties)?.[1])
      const filled = (bytes('retention') + bytes('segment')) * 100
      t.ok(filled > 0 && filled <= 0.8 * 100 * 2 ** 30, '100 full partitions fit on the disk of 100 GiB')
      const unit = await readFile(join(folder, 'etc/systemd/system/kafka.service'), 'utf8')
      t.match(unit, /^IPAddressDeny=169\.254\.169\.254 /m, "Kafka cannot get the instance's credentials")
      const id = brokerIds[index]
      t.match(
        await readFile(join(folder, 'signal'), 'utf8'),
        `--exit-code 0 --stack hashgate-dev-kafka-cluster --resource Broker${id}`,
      )
      t.notOk(existsSync(join(folder, 'etc/kafka/scram')), `broker ${id} keeps no passwords`)
      const { metrics, logs } = JSON.parse(await readFile(join(folder, 'agent'), 'utf8'))
      t.match(metrics, {
        namespace: 'hashgate/dev',
        aggregation_dimensions: [['path']],
        metrics_collected: {
          disk: { resources: [join(folder, 'var/lib/kafka')], measurement: ['used_percent'] },
        },
      })
      const { collect_list: files } = logs.logs_collected.files
      t.match(files[0], { log_stream_name: `broker-${id}/server`, log_group_name: '/hashgate/dev/kafka' })
    }

    // The secret with the authorities, which Lambda's event source and the gateway read.
    const { certificate: ca } = JSON.parse(await readFile(secret('CaSecretArn'), 'utf8'))
    const brokers = machines.map(({ address }) => `${address}:9096`).join(',')
    const open = (login: { username: string; password: string }) =>
      createKafka({ brokers, clientId: 'test', logger, tls: { ca }, credentials: fixedCredentials(login) })

    const operator = open(logins.operator)
    const topics = await createEventTopics(operator, {
      topicPrefix: 'hashgate.',
      partitions: 12,
      retentionDays: 7,
    })
    t.same(
      topics.map(({ replicas }) => replicas),
      topics.map(() => 3),
      'every topic has a replica on each of the three brokers',
    )
    await t.rejects(
      publish(open(logins.gateway)),
      forbidden,
      'without access rules the gateway may not publish',
    )
    await allowAccess(operator, describeAccess({ topicPrefix: 'hashgate.', ...accessNames('dev') }))
    // The rules do not reach all brokers at once.
    const publishWhenAllowed = (login: typeof logins.gateway) =>
      retryWhile(
        (error) => forbidden.message.test((error as Error).message),
        () => publish(open(login)),
      )
    await t.resolves(publishWhenAllowed(logins.gateway), 'the gateway publishes')
    await t.resolves(publishWhenAllowed(logins.processor), 'the processor publishes')
    await t.rejects(publish(open(logins.webhooks)), forbidden, 'the webhook deliverer may not publish')
    const admin = open(logins.gateway).admin()
    await admin.connect()
    await t.rejects(
      admin.deleteTopics({ topics: ['hashgate.image.processed'] }),
      forbidden,
      'the gateway may not delete a topic',
    )
    await admin.disconnect()

    await t.rejects(
      open({ ...logins.operator, password: 'wrong' })
        .admin()
        .connect(),
      { message: /authentication failed/i },
      'a wrong password is refused',
    )
    for (const port of [9093, 9094]) {
      const end = await visitWithoutCertificate(machines[0]?.address ?? '', port, ca)
      t.match(
        end,
        'ALERT_BAD_CERTIFICATE',
        `port ${port}, between brokers, refuses a client without a certificate`,
      )
    }

    const before = await readSecrets()
    t.equal(
      Object.keys(before).length,
      6,
      "four logins, the authorities, and the cluster's certificate and id",
    )
    t.notMatch(Object.values(before).join(), 'PRIVATE KEY', "the authority's key is only in KMS")
    await machines[0]?.stop()
    await throttle()
    await machines[0]?.boot()
    t.strictSame(await readSecrets(), before, 'a throttled restart of the first broker keeps the authority')
  },
)

t.test('a broker does not start from a release with another hash', async (t) => {
  const { machines, replaceRelease } = await startMachines(t, modelEnvironment('dev'), logins)
  await replaceRelease()
  const [{ boot, folder }] = machines as [(typeof machines)[0] & object]
  await t.rejects(boot(), { message: /release\.tgz: FAILED|computed checksum did NOT match/ })
  t.match(await readFile(join(folder, 'signal'), 'utf8'), /^--exit-code 1 /, 'cfn-signal reports the failure')
  t.notOk(existsSync(join(folder, 'opt/kafka/bin')), 'nothing was unpacked')
})

async function publish(kafka: KafkaClient): Promise<void> {
  const producer = kafka.producer()
  try {
    await producer.connect()
    await producer.send({ topic: 'hashgate.image.processed', acks: -1, messages: [{ value: 'hello' }] })
  } finally {
    await producer.disconnect()
  }
}

/** Resolves to the TLS alert with which a broker closes a connection without a certificate. In TLS 1.3 it follows the handshake. */
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
