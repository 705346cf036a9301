import { test } from 'tap'
import { type KafkaEvent, readKafkaEvent, toBatchResponse } from '../../triggers/read-kafka-event.ts'
import { readEvent } from './read-event.ts'

const imageId = 'ab'.repeat(32)

for (const form of ['kafka-self-managed', 'kafka-without-aws']) {
  test(`an event of Lambda's Kafka source is read as messages: ${form}`, async (t) => {
    const [message, ...others] = readKafkaEvent(await readEvent<KafkaEvent>(form))
    t.strictSame(others, [])
    t.match(message, {
      topic: 'image.upload.completed',
      partition: 0,
      offset: '15',
      timestamp: 1_545_084_650_987,
      key: Buffer.from(imageId),
    })
    t.match(JSON.parse(String(message?.value)), { data: { imageId } })
  })
}

test('the records of all partitions are read in order', async (t) => {
  const messages = readKafkaEvent(await readEvent<KafkaEvent>('kafka-many-records'))
  t.strictSame(
    messages.map(({ partition, offset }) => [partition, offset]),
    [
      [0, '15'],
      [0, '16'],
      [3, '7'],
      [3, '8'],
    ],
  )
  t.strictSame([messages[1]?.key, messages[3]?.value], [null, null], 'absent keys and values are null')
})

test("Java's negative bytes in headers are those above 127", async (t) => {
  const [message] = readKafkaEvent(await readEvent<KafkaEvent>('kafka-many-records'))
  t.strictSame(
    message?.headers.map(({ name, value }) => [name, value.toString()]),
    [
      ['content-type', 'application/cloudevents+json; charset=UTF-8'],
      ['tenant', 'ß'],
    ],
  )
})

test('a record without headers is read, and a header without a value is empty', async (t) => {
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  const records = Object.values(event.records).flat()
  for (const record of records) record.headers = null
  t.strictSame(readKafkaEvent(event)[0]?.headers, [])
  for (const record of records) record.headers = [{ toString: null }]
  t.strictSame(readKafkaEvent(event)[0]?.headers, [{ name: 'toString', value: Buffer.alloc(0) }])
})

test('the batch response names failed records by partition and numeric offset', async (t) => {
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  for (const record of Object.values(event.records).flat()) record.offset = '15'
  t.strictSame(toBatchResponse(readKafkaEvent(event)), {
    batchItemFailures: [{ itemIdentifier: { partition: 'image.upload.completed-0', offset: 15 } }],
  })
  t.strictSame(toBatchResponse([]), { batchItemFailures: [] })
})
