import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createEventBus } from '../../../core/events/event-bus.ts'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'
import { readServicesEnvironment } from '../../services/env-file.ts'
import { connectServices } from '../../testkit/connect-services.ts'
import { startTopicReader } from '../../testkit/start-topic-reader.ts'
import { startWorker } from '../../testkit/start-worker.ts'
import { testReplay } from './replay-contract.ts'
import { runReplay } from './run-replay.ts'

const environment = await readServicesEnvironment()
const { connection, createTopics } = await connectServices()
const kafka = createKafka({
  ...connection,
  clientId: 'hashgate-test',
  logger: createLogger('test', 'silent'),
})

await testReplay(t, { kafka, environment, createTopics })

t.test('the worker turns a poison message into a dead letter, and replay sends it back', async (t) => {
  const topicPrefix = `poison-${randomUUID().slice(0, 8)}.`
  const settings = { ...environment, KAFKA_TOPIC_PREFIX: topicPrefix, KAFKA_GROUP_ID: topicPrefix, PORT: '0' }
  const source = topicPrefix + topics.uploadCompleted
  const dead = topicPrefix + topics.deadLetter
  await createTopics(Object.values(topics).map((topic) => topicPrefix + topic))
  const reader = await startTopicReader(kafka, [dead])
  t.teardown(reader.close)

  const bus = createEventBus(kafka, { topicPrefix, budgetMs: 20_000 })
  t.teardown(bus.close)
  const poison = eventWithoutRawKey()
  await bus.publish(poison)
  const worker = await startWorker(settings)
  t.teardown(worker.stop)

  const [letter] = await reader.messagesOf(poison.data.imageId, 1)
  t.equal(letter?.value, JSON.stringify(poison))
  t.match(letter?.headers, { 'dead-letter-reason': 'no_raw_key', 'dead-letter-topic': source })

  const { code, stdout } = await runReplay([], settings)
  t.strictSame({ code, stdout }, { code: 0, stdout: `1 sent from ${dead} to ${source}\n` })

  const [, again] = await reader.messagesOf(poison.data.imageId, 2)
  t.equal(again?.value, letter?.value, 'the cause is not fixed, so the worker publishes a dead letter again')
  t.match(again?.headers['replayed-at'], /^\d{4}-\d\d-\d\dT/)
})

function eventWithoutRawKey() {
  const imageId = randomUUID().replaceAll('-', '').repeat(2)
  const request = { tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' } as const
  const record = newRecord(request, Date.now(), 3_600)
  const event = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/test', nowMs: Date.now() })
  return { ...event, data: { ...event.data, objectKey: 'elsewhere' } }
}
