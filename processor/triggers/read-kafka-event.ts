import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { topics } from '../../core/events/image-events.ts'
import { type ImageRef, parseRawKey } from '../../core/images/object-key.ts'

/**
 * What Lambda's self-managed Kafka event source sends, as far as it matters here.
 *
 *     { "eventSource": "aws:SelfManagedKafka", "bootstrapServers": "a:9096,b:9096",
 *       "records": { "image.upload.completed-0": [{ "topic": "image.upload.completed", "partition": 0, "offset": 15,
 *         "timestamp": 1545084650987, "timestampType": "CREATE_TIME", "key": "OWY4Ng==", "value": "eyJzcG…",
 *         "headers": [{ "content-type": [97, 112, 112] }] }] } }
 *
 * Source: "Using Lambda with self-managed Apache Kafka", AWS Lambda Developer Guide. Real events vary: the source with
 * or without `aws:`, the partition as a number or a string.
 */
export interface KafkaEvent {
  eventSource: 'aws:SelfManagedKafka' | 'SelfManagedKafka'
  bootstrapServers: string
  /** By topic and partition, such as `image.upload.completed-0`. */
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
  /** Bytes as Java counts them, from -128 to 127. */
  headers?: Record<string, number[]>[]
}

/**
 * What Lambda reads when the event source has `FunctionResponseTypes: [ReportBatchItemFailures]`: the records that must come
 * again, by their key in `records` and their offset.
 *
 *     { "batchItemFailures": [{ "itemIdentifier": { "partition": "image.upload.completed-0", "offset": 15 } }] }
 *
 * Source: "Configuring error handling controls for Kafka event sources", AWS Lambda Developer Guide; Powertools for AWS Lambda
 * (Python), batch processing of Kafka.
 */
export interface KafkaAnswer {
  batchItemFailures: { itemIdentifier: KafkaItemIdentifier }[]
}

export interface KafkaItemIdentifier {
  partition: string
  offset: number
}

/** One record: the image that it speaks of, or why it can never be handled. */
export type KafkaItem = { id: string; identifier: KafkaItemIdentifier; record: KafkaEventRecord } & (
  | { image: ImageRef; traceparent?: string }
  | { poison: PoisonReason }
)

export type PoisonReason = 'not_an_upload_completed_event' | 'no_raw_key'

const uploadCompleted = Compile(
  Type.Object({
    type: Type.Literal(`hashgate.${topics.uploadCompleted}.v1`),
    traceparent: Type.Optional(Type.String()),
    data: Type.Object({ objectKey: Type.String() }),
  }),
)

/** What a batch of `image.upload.completed` events speaks of, in order. */
export function readKafkaEvent({ records }: KafkaEvent): KafkaItem[] {
  return Object.entries(records).flatMap(([partition, list]) =>
    list.map((record) => readRecord(record, { partition, offset: Number(record.offset) })),
  )
}

function readRecord(record: KafkaEventRecord, identifier: KafkaItemIdentifier): KafkaItem {
  const facts = { id: `${identifier.partition}-${identifier.offset}`, identifier, record }
  const event = parseEvent(record.value ?? '')
  if (!event) return { ...facts, poison: 'not_an_upload_completed_event' }
  const image = parseRawKey(event.data.objectKey)
  return image ? { ...facts, image, traceparent: event.traceparent } : { ...facts, poison: 'no_raw_key' }
}

type UploadCompleted = Static<ReturnType<typeof uploadCompleted.Type>>

function parseEvent(base64: string): UploadCompleted | undefined {
  try {
    return uploadCompleted.Parse(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')))
  } catch {
    return undefined
  }
}
