import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { topics } from '../core/events.ts'
import { parseRawKey } from '../core/object-key.ts'
import type { TriggerItem } from './trigger-item.ts'

/**
 * What Lambda's self-managed Kafka event source sends, as far as it matters here.
 *
 *     { "eventSource": "aws:SelfManagedKafka", "bootstrapServers": "a:9096,b:9096",
 *       "records": { "image.upload.completed-0": [{ "topic": "image.upload.completed", "partition": 0, "offset": 15,
 *         "timestamp": 1545084650987, "timestampType": "CREATE_TIME", "key": "OWY4Ng==", "value": "eyJzcG…", "headers": [] }] } }
 *
 * Source: "Using Lambda with self-managed Apache Kafka", AWS Lambda Developer Guide. Real events vary: the source with
 * or without `aws:`, the partition as a number or a string.
 */
export interface KafkaEvent {
  eventSource: 'aws:SelfManagedKafka' | 'SelfManagedKafka'
  bootstrapServers: string
  records: Record<string, KafkaEventRecord[]>
}

export interface KafkaEventRecord {
  topic: string
  partition: number | string
  offset: number | string
  timestamp: number
  timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME'
  /** base64 */
  key?: string
  /** base64 */
  value?: string
  headers: Record<string, number[]>[]
}

const uploadCompleted = Compile(
  Type.Object({
    type: Type.Literal(`hashgate.${topics.uploadCompleted}.v1`),
    data: Type.Object({ objectKey: Type.String() }),
  }),
)

/** The images that a batch of `image.upload.completed` events speaks of, in order. */
export function readKafkaEvent({ records }: KafkaEvent): TriggerItem[] {
  return Object.values(records).flat().map(readRecord)
}

function readRecord({ topic, partition, offset, value = '' }: KafkaEventRecord): TriggerItem {
  const id = `${topic}-${partition}-${offset}`
  const event = parseEvent(value)
  if (!event) return { id, skipped: `the value is not an ${topics.uploadCompleted} event` }
  const image = parseRawKey(event.data.objectKey)
  return image ? { id, image } : { id, skipped: 'the event names no raw key' }
}

type UploadCompleted = Static<ReturnType<typeof uploadCompleted.Type>>

function parseEvent(base64: string): UploadCompleted | undefined {
  try {
    return uploadCompleted.Parse(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')))
  } catch {
    return undefined
  }
}
