import type { IHeaders } from 'kafkajs'
import type { FetchedMessage } from './decode-fetch.ts'

/** A message as it is stored on its topic. */
export interface KafkaMessage {
  topic: string
  partition: number
  offset: string
  /** Epoch milliseconds. */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  /** In no particular order; a name can occur more than once. */
  headers: MessageHeader[]
  /** Set when a batch cannot be read: the offsets of the batch, and why. The message stands for all of them, at the last offset. */
  unreadable?: string
}

export interface MessageHeader {
  name: string
  value: Buffer
}

export type TopicPartition = Pick<KafkaMessage, 'topic' | 'partition'>

/** `‹topic›-‹partition›`, for maps and messages. */
export const partitionKey = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`

export function toKafkaMessage(
  { topic, partition }: { topic: string; partition: number },
  message: FetchedMessage,
): KafkaMessage {
  const { offset, timestamp, key, value, headers, unreadable } = message
  return {
    topic,
    partition,
    offset,
    timestamp: Number(timestamp),
    key,
    value,
    headers: splitHeaders(headers),
    ...(unreadable && { unreadable }),
  }
}

/**
 * kafkajs groups the values of headers that share a name; this lists them one by one. kafkajs groups them in a plain object, so the values
 * of a header named `toString` begin with the inherited function, which is dropped here. A null value,
 * which kafkajs can read but not send, becomes an empty one.
 */
function splitHeaders(headers: IHeaders = {}): MessageHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values]
      .flat()
      .filter((value) => value === null || typeof value === 'string' || Buffer.isBuffer(value))
      .map((value) => ({ name, value: Buffer.from(value ?? '') })),
  )
}

/** The inverse of `splitHeaders`. */
export function joinHeaders(headers: MessageHeader[]): IHeaders {
  const byName = Map.groupBy(headers, ({ name }) => name)
  return Object.fromEntries(
    Array.from(byName, ([name, list]) => {
      const values = list.map(({ value }) => value)
      return [name, values.length > 1 ? values : values[0]]
    }),
  ) as IHeaders
}
