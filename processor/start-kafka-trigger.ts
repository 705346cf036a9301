import { setTimeout as sleep } from 'node:timers/promises'
import { type ReceivedEvent, startEventConsumer } from '../core/event-consumer.ts'
import { topics } from '../core/events.ts'
import type { createKafka } from '../core/kafka.ts'
import type { Logger } from '../core/logger.ts'
import type { KafkaEvent, KafkaEventRecord } from './read-kafka-event.ts'

interface KafkaTriggerOptions {
  brokers: string
  groupId: string
  topicPrefix: string
  concurrency: number
  handle: (event: KafkaEvent) => Promise<void>
  onCrash: (error: Error) => void
  logger: Logger
}

const retryMs = 2_000

/**
 * Hands uploads announced on Kafka to the handler, as Lambda's event source would. Returns at once: while Kafka is
 * away it keeps trying, and the other trigger works meanwhile.
 */
export function startKafkaTrigger(kafka: ReturnType<typeof createKafka>, options: KafkaTriggerOptions) {
  const { brokers, handle, logger, ...consumerOptions } = options
  const closing = new AbortController()
  const connecting = connectUntilClosed()

  async function connectUntilClosed() {
    while (!closing.signal.aborted) {
      try {
        return await startEventConsumer(kafka, {
          ...consumerOptions,
          logger,
          topics: [topics.uploadCompleted],
          handle: (event) => handle(toKafkaEvent(event, options)),
        })
      } catch (error) {
        logger.warn({ operation: 'connect-kafka', retryMs, err: error }, 'Kafka does not answer')
        await sleep(retryMs, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
    return undefined
  }

  /** Takes no further event and resolves when those at hand are finished. */
  async function close(): Promise<void> {
    closing.abort()
    const consumer = await connecting
    await consumer?.close()
  }

  return { close }
}

/** One event in the form in which Lambda's self-managed Kafka event source sends it, so that one handler serves both. */
export function toKafkaEvent(
  { topic, partition, offset, timestamp, key, value }: ReceivedEvent,
  { brokers, topicPrefix }: Pick<KafkaTriggerOptions, 'brokers' | 'topicPrefix'>,
): KafkaEvent {
  const name = topicPrefix + topic
  const record: KafkaEventRecord = {
    topic: name,
    partition,
    offset: Number(offset),
    timestamp,
    timestampType: 'CREATE_TIME',
    key: key?.toString('base64'),
    value: value?.toString('base64'),
    headers: [],
  }
  return {
    eventSource: 'aws:SelfManagedKafka',
    bootstrapServers: brokers,
    records: { [`${name}-${partition}`]: [record] },
  }
}
