import { test } from 'tap'
import { imageEvent, topics } from '../../core/events.ts'
import { newRecord } from '../../core/image-record.ts'
import { readKafkaEvent } from '../read-kafka-event.ts'
import { toKafkaEvent } from '../start-kafka-trigger.ts'

test("an event looks like one of Lambda's event source", async (t) => {
  const nowMs = Date.UTC(2026, 10, 22)
  const imageId = 'ab'.repeat(32)
  const record = newRecord({ tenant: 'local', imageId, byteLength: 5, contentType: 'image/png' }, nowMs, 3600)
  const value = JSON.stringify(imageEvent(topics.uploadCompleted, record, { source: '/test', nowMs }))
  const event = toKafkaEvent(
    {
      topic: topics.uploadCompleted,
      partition: 2,
      offset: '15',
      timestamp: nowMs,
      key: Buffer.from(imageId),
      value: Buffer.from(value),
    },
    { brokers: 'a:9092', topicPrefix: 'dev.' },
  )
  t.match(event, {
    eventSource: 'aws:SelfManagedKafka',
    bootstrapServers: 'a:9092',
    records: {
      'dev.image.upload.completed-2': [
        { topic: 'dev.image.upload.completed', partition: 2, offset: 15, timestampType: 'CREATE_TIME' },
      ],
    },
  })
  t.match(readKafkaEvent(event), [{ image: { tenant: 'local', imageId, generation: '20261122' } }])
})
