import { test } from 'tap'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import type { KafkaMessage } from '../../../core/kafka/kafka-message.ts'
import type { KafkaEvent } from '../../triggers/read-kafka-event.ts'
import { readKafkaEvent } from '../../triggers/read-kafka-event.ts'
import { pickFailed, toKafkaEvent } from '../../triggers/start-kafka-trigger.ts'
import { readEvent } from './read-event.ts'

const nowMs = Date.UTC(2026, 10, 22)
const imageId = 'ab'.repeat(32)
const topicPrefix = 'dev.'
const record = newRecord({ tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' }, nowMs, 3600)
const value = JSON.stringify(imageEvent(topics.uploadCompleted, record, { source: '/test', nowMs }))

test("a batch looks like one of Lambda's event source", async (t) => {
  const event = toKafkaEvent([received('15'), received('16'), received('9', 3)], {
    brokers: 'a:9092',
    topicPrefix,
  })
  t.equal(event.eventSource, 'aws:SelfManagedKafka')
  t.equal(event.bootstrapServers, 'a:9092')
  t.match(event.records, {
    'dev.image.upload.completed-2': [
      { topic: 'dev.image.upload.completed', partition: 2, offset: 15, timestampType: 'CREATE_TIME' },
      { topic: 'dev.image.upload.completed', partition: 2, offset: 16, timestamp: nowMs },
    ],
    'dev.image.upload.completed-3': [{ partition: 3, offset: 9 }],
  })
  t.match(readKafkaEvent(event), Array(3).fill({ image: { tenant: 'local', imageId } }))
})

test('field by field it is the event that Lambda sends', async (t) => {
  const recorded = await readEvent<KafkaEvent>('kafka-self-managed')
  const built = toKafkaEvent([received('15')], { brokers: 'a:9092', topicPrefix: '' })
  t.strictSame(typesOf(built), typesOf(recorded))
})

test('headers are lists of bytes as Java counts them; a name may come twice', async (t) => {
  const headers = [
    { name: 'tenant', value: Buffer.from('ß') },
    { name: 'tenant', value: Buffer.from('a') },
  ]
  const { records } = toKafkaEvent([{ ...received('15'), headers }], { brokers: 'a:9092', topicPrefix: '' })
  const [record] = Object.values(records).flat()
  t.strictSame(record?.headers, [{ tenant: [-61, -97] }, { tenant: [97] }])
})

test('without key and value, neither is there', async (t) => {
  const event = toKafkaEvent([{ ...received('15'), key: null, value: null }], {
    brokers: 'a:9092',
    topicPrefix: '',
  })
  const [record] = Object.values(event.records).flat()
  t.notOk(record && ('key' in record || 'value' in record))
})

test('the answer names events by partition and offset', async (t) => {
  const events = [received('15'), received('16'), received('16', 3)]
  const answer = (partition: string, offset: number) => ({
    batchItemFailures: [{ itemIdentifier: { partition, offset } }],
  })
  t.strictSame(pickFailed(events, answer('dev.image.upload.completed-3', 16), topicPrefix), [events[2]])
  t.strictSame(pickFailed(events, { batchItemFailures: [] }, topicPrefix), [])
  for (const [partition, offset] of [
    ['dev.image.upload.completed-2', 17],
    ['image.upload.completed-2', 15],
  ] as const) {
    t.throws(() => pickFailed(events, answer(partition, offset), topicPrefix), /was handed over/)
  }
})

function received(offset: string, partition = 2): KafkaMessage {
  return {
    topic: topics.uploadCompleted,
    partition,
    offset,
    timestamp: nowMs,
    key: Buffer.from(imageId),
    value: Buffer.from(value),
    headers: [{ name: 'headerKey', value: Buffer.from('headerValue') }],
  }
}

/** The same event with the name of a type in the place of every value. */
function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(typesOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.values(value).length > 0
    ? Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name.replace(/-\d+$/, '-0'), typesOf(inner)]),
      )
    : {}
}
