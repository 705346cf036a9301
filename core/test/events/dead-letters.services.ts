import { randomBytes } from 'node:crypto'
import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { startTopicReader } from '../../../scripts/testkit/start-topic-reader.ts'
import { createDeadLetters } from '../../events/dead-letters.ts'
import { createKafka } from '../../kafka/kafka-client.ts'
import { createLogger } from '../../telemetry/logger.ts'

const { connection, createTopics } = await connectServices()
const kafka = createKafka({
  ...connection,
  clientId: 'hashgate-test',
  logger: createLogger('test', 'silent'),
})
const topicPrefix = `letters-${process.pid}.`
const topic = `${topicPrefix}image.upload.completed.dead-letter`
await createTopics([topic])
const deadLetters = createDeadLetters(kafka, { topicPrefix, budgetMs: 20_000 })
const reader = await startTopicReader(kafka, [topic])
t.teardown(() => Promise.all([deadLetters.close(), reader.close()]))

const facts = {
  reason: 'not_an_upload_completed_event',
  message: 'the value is not an image.upload.completed event',
  topic: 'image.upload.completed',
  partition: 3,
  offset: '1207',
  timestamp: '2026-11-22T10:00:00.000Z',
}

t.test('a message that was compressed fits into the dead-letter topic', async (t) => {
  const value = Buffer.alloc(3_000_000, 'x')
  await deadLetters.publish({ ...facts, key: Buffer.from('compressed'), value, headers: [] })
  const [found] = await reader.messagesOf('compressed', 1)
  t.equal(found?.value.length, value.length)
})

t.test('for a message that is too large, only the headers with its position are published', async (t) => {
  const value = randomBytes(1_500_000)
  await deadLetters.publish({ ...facts, key: Buffer.from('too large'), value, headers: [] })
  const [found] = await reader.messagesOf('too large', 1)
  t.equal(found?.value, 'null')
  t.match(found?.headers, { 'dead-letter-topic': facts.topic, 'dead-letter-offset': facts.offset })
})

t.test('for a message with headers that are too large, only its position is published', async (t) => {
  const headers = [{ name: 'large', value: randomBytes(1_500_000) }]
  const offset = '1208'
  await deadLetters.publish({ ...facts, offset, key: Buffer.from('key'), value: Buffer.from('v'), headers })
  await reader.waitFor(({ headers }) => headers['dead-letter-offset'] === offset)
  const [found] = await reader.messagesOf('null', 1)
  t.notOk(found?.headers.large)
  t.match(found?.headers, { 'dead-letter-topic': facts.topic })
})
