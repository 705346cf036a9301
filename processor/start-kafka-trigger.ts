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
  logger: Logger
}

/** Hands uploads announced on Kafka to the handler, as Lambda's event source would, until it is closed. */
export function startKafkaTrigger(kafka: ReturnType<typeof createKafka>, options: KafkaTriggerOptions) {
  return startEventConsumer(kafka, {
    ...options,
    topics: [topics.uploadCompleted],
    handle: (event) => options.handle(toKafkaEvent(event, options)),
  })
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
