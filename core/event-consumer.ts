import { setTimeout as sleep } from 'node:timers/promises'
import type { EachMessagePayload, Kafka } from 'kafkajs'
import type { Topic } from './events.ts'
import type { Logger } from './logger.ts'

export interface ReceivedEvent {
  topic: Topic
  partition: number
  offset: string
  /** Epoch milliseconds. */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
}

interface EventConsumerOptions {
  groupId: string
  topics: Topic[]
  topicPrefix: string
  /** Partitions that are worked on at the same time. */
  concurrency: number
  /** Resolve: the offset moves on. Throw: the same event comes again, after a while that grows. */
  handle: (event: ReceivedEvent) => Promise<void>
  logger: Logger
}

const heartbeatMs = 3_000
/** An idle consumer can stop within this time. */
const maxWaitTimeInMs = 1_000
const reconnectMs = 2_000
const firstRetryMs = 200
const maxRetryMs = 5_000

/**
 * Reads topics as one member of a consumer group, until it is closed. An offset is committed only after `handle` has
 * resolved. Returns at once: while Kafka is away it keeps trying.
 */
export function startEventConsumer(kafka: Pick<Kafka, 'consumer'>, options: EventConsumerOptions) {
  const { groupId, topics, topicPrefix, concurrency, handle, logger } = options
  const stopping = new AbortController()
  const consuming = consumeUntilClosed()

  async function consumeUntilClosed(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await consumeUntilCrash()
      } catch (error) {
        if (stopping.signal.aborted) return
        logger.warn({ operation: 'consume', reconnectMs, err: error }, 'Kafka does not answer')
        await sleep(reconnectMs, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  async function consumeUntilCrash(): Promise<void> {
    // kafkajs would start a crashed consumer again by itself, also after it has been told to disconnect.
    const retry = { restartOnFailure: async () => false }
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs, allowAutoTopicCreation: true, retry })
    const ended = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      stopping.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: topics.map((topic) => topicPrefix + topic), fromBeginning: true })
      await Promise.all([ended, consumer.run({ partitionsConsumedConcurrently: concurrency, eachMessage })])
    } finally {
      ended.catch(() => {})
      await consumer.disconnect()
    }
  }

  async function eachMessage(payload: EachMessagePayload): Promise<void> {
    const event = receive(payload, topicPrefix)
    const beating = setInterval(() => payload.heartbeat().catch(() => {}), heartbeatMs)
    try {
      await handleUntilDone(event)
    } finally {
      clearInterval(beating)
    }
  }

  async function handleUntilDone(event: ReceivedEvent): Promise<void> {
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, maxRetryMs)) {
      try {
        return await handle(event)
      } catch (error) {
        const { topic, partition, offset } = event
        logger.warn(
          { operation: 'consume', topic, partition, offset, retryMs, err: error },
          'event will come again',
        )
        await sleep(retryMs, undefined, { signal: stopping.signal })
      }
    }
  }

  /** Finishes the event at hand, if it can be done now, and leaves the group. */
  async function close(): Promise<void> {
    stopping.abort()
    await consuming
  }

  return { close }
}

function receive({ topic, partition, message }: EachMessagePayload, topicPrefix: string): ReceivedEvent {
  const { offset, timestamp, key, value } = message
  return {
    topic: topic.slice(topicPrefix.length) as Topic,
    partition,
    offset,
    timestamp: Number(timestamp),
    key,
    value,
  }
}
