import type { KafkaMessage as RawMessage } from 'kafkajs'
import type { Topic } from '../events/image-events.ts'

/** A message as it lies on its topic. */
export interface KafkaMessage {
  topic: Topic
  partition: number
  offset: string
  /** Epoch milliseconds. */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  /** In no order that means anything. A name may come more than once. */
  headers: MessageHeader[]
}

export interface MessageHeader {
  name: string
  value: Buffer
}

export function toKafkaMessage(
  { topic, partition }: { topic: string; partition: number },
  message: RawMessage,
  topicPrefix: string,
): KafkaMessage {
  const { offset, timestamp, key, value, headers } = message
  return {
    topic: topic.slice(topicPrefix.length) as Topic,
    partition,
    offset,
    timestamp: Number(timestamp),
    key,
    value,
    headers: readHeaders(headers),
  }
}

export function readHeaders(headers: RawMessage['headers'] = {}): MessageHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => ({ name, value: Buffer.from(value) })),
  )
}
