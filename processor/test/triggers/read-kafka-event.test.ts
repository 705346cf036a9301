import { test } from 'tap'
import { imageEvent, topics } from '../../../core/events/image-events.ts'
import { newRecord } from '../../../core/images/image-record.ts'
import { type KafkaEvent, readKafkaEvent } from '../../triggers/read-kafka-event.ts'
import { readEvent } from './read-event.ts'

const imageId = 'ab'.repeat(32)
const nowMs = Date.UTC(2026, 10, 22)
const record = newRecord({ tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' }, nowMs, 3600)
const completed = imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs })
const image = { tenant: 'local', imageId, generation: '20261122' }

for (const form of ['kafka-self-managed', 'kafka-without-aws']) {
  test(`an upload that is complete is the image: ${form}`, async (t) => {
    const items = readKafkaEvent(await readEvent<KafkaEvent>(form))
    t.match(items, [
      {
        id: 'image.upload.completed-0-15',
        identifier: { partition: 'image.upload.completed-0', offset: 15 },
        image,
      },
    ])
  })
}

test('several records of several partitions, each known by its place', async (t) => {
  const items = readKafkaEvent(await readEvent<KafkaEvent>('kafka-many-records'))
  t.match(items, [
    { id: 'image.upload.completed-0-15', image },
    { id: 'image.upload.completed-0-16', poison: 'not_an_upload_completed_event' },
    { id: 'image.upload.completed-3-7', image },
    { id: 'image.upload.completed-3-8', poison: 'not_an_upload_completed_event' },
  ])
})

test('an offset that comes as text is answered as a number', async (t) => {
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  for (const record of Object.values(event.records).flat()) record.offset = '15'
  t.match(readKafkaEvent(event), [{ identifier: { offset: 15 } }])
})

test('what is no such event has a reason, and does not hide the others', async (t) => {
  const { objectKey: _, ...dataWithoutKey } = completed.data
  const values = [
    'not json',
    'null',
    '{}',
    JSON.stringify({ ...completed, type: 'hashgate.image.processed.v1' }),
    JSON.stringify({ ...completed, data: dataWithoutKey }),
    undefined,
    JSON.stringify({ ...completed, data: { ...completed.data, objectKey: 'elsewhere' } }),
    JSON.stringify(completed),
  ]
  const items = readKafkaEvent(await eventOf(values))
  const reasons = items.map((item) => ('poison' in item ? item.poison : item.image.imageId))
  t.strictSame(reasons, [...Array(6).fill('not_an_upload_completed_event'), 'no_raw_key', imageId])
})

async function eventOf(values: (string | undefined)[]): Promise<KafkaEvent> {
  const event = await readEvent<KafkaEvent>('kafka-self-managed')
  const [[partition, [record]]] = Object.entries(event.records) as [[string, KafkaEvent['records'][string]]]
  if (!record) throw new Error('expected a record')
  const records = values.map((value, offset) => ({
    ...record,
    offset,
    value: value === undefined ? null : Buffer.from(value).toString('base64'),
  }))
  return { ...event, records: { [partition]: records } }
}
