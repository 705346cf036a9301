import type { KafkaMessage } from 'kafkajs'
import type { Topic } from '../events/image-events.ts'

/** A message as it lies on its topic. */
export interface ReceivedEvent {
  topic: Topic
  partition: number
  offset: string
  /** Epoch milliseconds. */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  /** In no order that means anything. A name may come more than once. */
  headers: EventHeader[]
}

export interface EventHeader {
  name: string
  value: Buffer
}

export function receiveEvent(
  { topic, partition }: { topic: string; partition: number },
  message: KafkaMessage,
  topicPrefix: string,
): ReceivedEvent {
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

export function readHeaders(headers: KafkaMessage['headers'] = {}): EventHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => ({ name, value: Buffer.from(value) })),
  )
}
