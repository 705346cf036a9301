import t from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { startTcpGate } from '../../../scripts/testkit/start-tcp-gate.ts'
import { startTopicReader } from '../../../scripts/testkit/start-topic-reader.ts'
import { DependencyUnavailable } from '../../errors.ts'
import { createDeadLetters, type DeadLetter } from '../../events/dead-letters.ts'
import { createKafka } from '../../kafka/kafka-client.ts'
import { createLogger } from '../../telemetry/logger.ts'

const letter: DeadLetter = {
  reason: 'no_raw_key',
  message: 'the event names no raw key',
  topic: 'test.image.upload.completed',
  partition: 3,
  offset: '1207',
  timestamp: '2026-11-22T10:00:00.000Z',
  key: Buffer.from('key'),
  value: Buffer.from('value'),
  headers: [{ name: 'content-type', value: Buffer.from('text/plain') }],
}

const connect = (brokers: string) =>
  createKafka({ brokers, clientId: 'hashgate-test', logger: createLogger('test', 'silent') })

t.test('a dead letter is the unchanged message with the reason in its headers', async (t) => {
  const brokers = await startTestKafka(t)
  const kafka = connect(brokers)
  const deadLetters = createDeadLetters(kafka, { topicPrefix: 'test.', budgetMs: 20_000 })
  t.teardown(deadLetters.close)
  const reader = await startTopicReader(kafka, ['test.image.upload.completed.dead-letter'])
  t.teardown(reader.close)
  await deadLetters.publish(letter)
  const [found] = await reader.messagesOf('key', 1)
  t.match(found, {
    value: 'value',
    headers: {
      'content-type': 'text/plain',
      'dead-letter-reason': 'no_raw_key',
      'dead-letter-offset': '1207',
      'dead-letter-failed-at': /^\d{4}-\d\d-\d\dT/,
    },
  })
})

for (const state of ['shut', 'silent'] as const) {
  t.test(
    `when Kafka is ${state}, publishing throws DependencyUnavailable and closing succeeds`,
    async (t) => {
      const gate = await startTcpGate(t, state)
      const deadLetters = createDeadLetters(connect(gate.address), { topicPrefix: '', budgetMs: 200 })
      await t.rejects(deadLetters.publish(letter), DependencyUnavailable)
      await deadLetters.close()
    },
  )
}
