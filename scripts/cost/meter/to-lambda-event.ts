import { type KafkaMessage, partitionKey } from '../../../core/kafka/kafka-message.ts'
import type { TriggerEvent } from '../../../processor/lambda.ts'
import type { KafkaEvent } from '../../../processor/triggers/read-kafka-event.ts'

/** The S3 notification for one stored object. */
export const toS3Event = (bucket: string, key: string): TriggerEvent =>
  ({
    Records: [
      { eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key, sequencer: '00' } } },
    ],
  }) as unknown as TriggerEvent

/** The event in which Lambda delivers these messages from Kafka. */
export function toKafkaEvent(messages: KafkaMessage[]): KafkaEvent {
  const records: KafkaEvent['records'] = {}
  for (const message of messages) {
    const { topic, partition, offset, timestamp, key, value, headers } = message
    const place = partitionKey(message)
    records[place] ??= []
    records[place].push({
      topic,
      partition,
      offset,
      timestamp,
      timestampType: 'CREATE_TIME',
      key: key?.toString('base64'),
      value: value?.toString('base64'),
      headers: headers.map((header) => ({ [header.name]: [...header.value] })),
    })
  }
  return { eventSource: 'SelfManagedKafka', bootstrapServers: '127.0.0.1:9092', records }
}
