import type { IHeaders, KafkaMessage as RawMessage } from 'kafkajs'

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
}

export interface MessageHeader {
  name: string
  value: Buffer
}

/** `‹topic›-‹partition›`, for maps and messages. */
export const partitionKey = ({ topic, partition }: Pick<KafkaMessage, 'topic' | 'partition'>) =>
  `${topic}-${partition}`

export function toKafkaMessage(
  { topic, partition }: { topic: string; partition: number },
  message: RawMessage,
): KafkaMessage {
  const { offset, timestamp, key, value, headers } = message
  return {
    topic,
    partition,
    offset,
    timestamp: Number(timestamp),
    key,
    value,
    headers: splitHeaders(headers),
  }
}

/** kafkajs groups the values of headers that share a name; this lists them one by one. */
function splitHeaders(headers: IHeaders = {}): MessageHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => ({ name, value: Buffer.from(value) })),
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
