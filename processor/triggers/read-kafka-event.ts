import { type KafkaMessage, partitionKey } from '../../core/kafka/kafka-message.ts'

/**
 * The event of Lambda's self-managed Kafka event source, as far as the processor reads it.
 *
 *     { "eventSource": "aws:SelfManagedKafka", "bootstrapServers": "a:9096,b:9096",
 *       "records": { "image.upload.completed-0": [{ "topic": "image.upload.completed", "partition": 0, "offset": 15,
 *         "timestamp": 1545084650987, "timestampType": "CREATE_TIME", "key": "OWY4Ng==", "value": "eyJzcG…",
 *         "headers": [{ "content-type": [97, 112, 112] }] }] } }
 *
 * Source: "Using Lambda with self-managed Apache Kafka", AWS Lambda Developer Guide. Real events vary: the
 * source comes with or without `aws:`, the partition as a number or a string.
 */
export interface KafkaEvent {
  eventSource: 'aws:SelfManagedKafka' | 'SelfManagedKafka'
  bootstrapServers: string
  /** Records by topic and partition, such as `image.upload.completed-0`. */
  records: Record<string, KafkaEventRecord[]>
}

export interface KafkaEventRecord {
  topic: string
  partition: number | string
  offset: number | string
  timestamp: number
  timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME'
  /** base64 */
  key?: string | null
  /** base64 */
  value?: string | null
  /** Java's signed bytes, from -128 to 127. A header can have no value. */
  headers?: Record<string, number[] | null>[] | null
}

/**
 * A partial batch response: the records to deliver again, by their key in `records` and their offset. Lambda reads it when the event
 * source has `FunctionResponseTypes: [ReportBatchItemFailures]`.
 *
 *     { "batchItemFailures": [{ "itemIdentifier": { "partition": "image.upload.completed-0", "offset": 15 } }] }
 *
 * Sources: "Configuring error handling controls for Kafka event sources", AWS Lambda Developer Guide; Powertools for AWS Lambda
 * (Python), batch processing of Kafka.
 */
export interface KafkaBatchResponse {
  batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[]
}

/** The messages of an event, in order. */
export function readKafkaEvent({ records }: KafkaEvent): KafkaMessage[] {
  return Object.values(records).flat().map(toMessage)
}

/** The response that makes Lambda deliver these messages again. */
export function toBatchResponse(failed: KafkaMessage[]): KafkaBatchResponse {
  return {
    batchItemFailures: failed.map((message) => ({
      itemIdentifier: { partition: partitionKey(message), offset: Number(message.offset) },
    })),
  }
}

function toMessage({
  topic,
  partition,
  offset,
  timestamp,
  key,
  value,
  headers,
}: KafkaEventRecord): KafkaMessage {
  return {
    topic,
    partition: Number(partition),
    offset: String(offset),
    timestamp,
    key: decodeBase64(key),
    value: decodeBase64(value),
    headers: (headers ?? [])
      .flatMap((header) => Object.entries(header))
      .map(([name, bytes]) => ({ name, value: Buffer.from(bytes ?? []) })),
  }
}

const decodeBase64 = (text: string | null | undefined): Buffer | null =>
  typeof text === 'string' ? Buffer.from(text, 'base64') : null
