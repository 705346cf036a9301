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
  /** The consumer has stopped for good and cannot help itself. */
  onCrash: (error: Error) => void
  logger: Logger
}

const heartbeatMs = 3_000
/** An idle consumer can stop within this time. */
const maxWaitTimeInMs = 1_000
const firstRetryMs = 200
const maxRetryMs = 5_000

/** Reads topics as one member of a consumer group. An offset is committed only after `handle` has resolved. */
export async function startEventConsumer(kafka: Kafka, options: EventConsumerOptions) {
  const { groupId, topics, topicPrefix, concurrency, handle, onCrash, logger } = options
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs, allowAutoTopicCreation: true })
  const stopping = new AbortController()

  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) onCrash(payload.error)
  })
  await consumer.connect()
  await consumer.subscribe({ topics: topics.map((topic) => topicPrefix + topic), fromBeginning: true })
  await consumer.run({ partitionsConsumedConcurrently: concurrency, eachMessage })

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
    await consumer.disconnect()
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
