import { test } from 'tap'
import { imageEvent, topics } from '../../core/events.ts'
import { newRecord } from '../../core/image-record.ts'
import { type KafkaEvent, readKafkaEvent } from '../read-kafka-event.ts'

const imageId = 'ab'.repeat(32)
const nowMs = Date.UTC(2026, 10, 22)
const record = newRecord({ tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' }, nowMs, 3600)
const completed = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs })
const image = { tenant: 'local', imageId, generation: '20261122' }

test('an upload that is complete is the image', async (t) => {
  t.strictSame(readKafkaEvent(eventOf([JSON.stringify(completed)])), [
    { id: 'image.upload.completed-0-0', image },
  ])
})

test('real events vary in source and partition', async (t) => {
  const event = eventOf([JSON.stringify(completed)], '3')
  t.match(readKafkaEvent({ ...event, eventSource: 'SelfManagedKafka' }), [
    { id: 'image.upload.completed-3-0', image },
  ])
})

test('several partitions, in order', async (t) => {
  const { records } = eventOf([JSON.stringify(completed), JSON.stringify(completed)], 1)
  const more = eventOf([JSON.stringify(completed)], 2)
  const items = readKafkaEvent({ ...more, records: { ...records, ...more.records } })
  t.strictSame(
    items.map(({ id }) => id),
    ['image.upload.completed-1-0', 'image.upload.completed-1-1', 'image.upload.completed-2-0'],
  )
})

test('what is no such event is skipped, and does not hide the others', async (t) => {
  const { objectKey: _, ...dataWithoutKey } = completed.data
  const values = [
    'not json',
    'null',
    '{}',
    JSON.stringify({ ...completed, type: 'hashgate.image.processed.v1' }),
    JSON.stringify({ ...completed, data: dataWithoutKey }),
    JSON.stringify({ ...completed, data: { ...completed.data, objectKey: 'elsewhere' } }),
    undefined,
    JSON.stringify(completed),
  ]
  const items = readKafkaEvent(eventOf(values))
  t.equal(items.filter((item) => 'skipped' in item).length, 7)
  t.match(items.at(-1), { image })
})

/** As in "Using Lambda with self-managed Apache Kafka", AWS Lambda Developer Guide. */
function eventOf(values: (string | undefined)[], partition: number | string = 0): KafkaEvent {
  const topic = topics.uploadCompleted
  return {
    eventSource: 'aws:SelfManagedKafka',
    bootstrapServers: 'b-2.demo:9096,b-1.demo:9096',
    records: {
      [`${topic}-${partition}`]: values.map((value, offset) => ({
        topic,
        partition,
        offset,
        timestamp: 1_545_084_650_987,
        timestampType: 'CREATE_TIME',
        key: Buffer.from(imageId).toString('base64'),
        value: value && Buffer.from(value).toString('base64'),
        headers: [{ headerKey: [104, 101, 97, 100, 101, 114] }],
      })),
    },
  }
}
