import t, { type Test } from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { startTcpGate } from '../../../scripts/testkit/start-tcp-gate.ts'
import { createEventBus } from '../../events/event-bus.ts'
import { createKafka } from '../../kafka/kafka-client.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { someEvent } from '../events/some-event.ts'
import { startGroupMember } from './start-group-member.ts'

t.jobs = 3

const topicPrefix = 'faults.'

const connect = (brokers: string) =>
  createKafka({ brokers, clientId: 'hashgate-test', logger: createLogger('test', 'silent') })

const join = (t: Test, brokers: string) =>
  startGroupMember(t, {
    kafka: connect(brokers),
    topicPrefix,
    groupId: 'group',
  })

t.test('a consumer that starts before Kafka receives its events', async (t) => {
  const brokers = await startTestKafka(t)
  const event = someEvent()
  const bus = createEventBus(connect(brokers), { topicPrefix, budgetMs: 20_000 })
  t.teardown(() => bus.close())
  await bus.publish(event)

  const gate = await startTcpGate(t, 'shut', brokers)
  const member = join(t, gate.address)
  await gate.refused
  gate.open()
  await member.seen(event.id)
  t.strictSame(member.ids(), [event.id])
})

t.test('a consumer can be closed while Kafka is unreachable', async (t) => {
  const member = join(t, '127.0.0.1:1')
  await member.close()
  t.strictSame(member.ids(), [])
})

t.test('a consumer can be closed while Kafka accepts connections and never responds', async (t) => {
  const gate = await startTcpGate(t, 'silent')
  const member = join(t, gate.address)
  await member.close()
  t.strictSame(member.ids(), [])
})
