import { topics } from '../../core/events/image-events.ts'
import { startConsumer } from '../../core/kafka/consumer.ts'
import type { createKafka } from '../../core/kafka/kafka-client.ts'
import type { KafkaMessage, MessageHeader } from '../../core/kafka/kafka-message.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { KafkaAnswer, KafkaEvent, KafkaEventRecord } from './read-kafka-event.ts'

interface KafkaTriggerOptions {
  brokers: string
  groupId: string
  topicPrefix: string
  /** Partitions of which a batch is handled at the same time. */
  concurrency: number
  batchSize: number
  handle: (event: KafkaEvent, context: { signal: AbortSignal }) => Promise<KafkaAnswer>
  logger: Logger
}

/** Hands uploads announced on Kafka to the handler, as Lambda's event source would, until it is closed. */
export function startKafkaTrigger(kafka: ReturnType<typeof createKafka>, options: KafkaTriggerOptions) {
  const { handle, ...consumerOptions } = options
  return startConsumer(kafka, {
    ...consumerOptions,
    topics: [topics.uploadCompleted],
    handleBatch: async (events, signal) => {
      const answer = await handle(toKafkaEvent(events, options), { signal })
      return pickFailed(events, answer, options.topicPrefix)
    },
  })
}

/** Events of one partition in the form in which Lambda's self-managed Kafka event source sends them. */
export function toKafkaEvent(
  events: KafkaMessage[],
  { brokers, topicPrefix }: Pick<KafkaTriggerOptions, 'brokers' | 'topicPrefix'>,
): KafkaEvent {
  const byPartition = Map.groupBy(events, (event) => partitionOf(event, topicPrefix))
  const records = Array.from(byPartition, ([partition, events]) => [
    partition,
    events.map((event) => toRecord(event, topicPrefix)),
  ])
  return {
    eventSource: 'aws:SelfManagedKafka',
    bootstrapServers: brokers,
    records: Object.fromEntries(records),
  }
}

function toRecord(event: KafkaMessage, topicPrefix: string): KafkaEventRecord {
  const { topic, partition, offset, timestamp, key, value, headers } = event
  return {
    topic: topicPrefix + topic,
    partition,
    offset: Number(offset),
    timestamp,
    timestampType: 'CREATE_TIME',
    ...(key && { key: key.toString('base64') }),
    ...(value && { value: value.toString('base64') }),
    headers: headers.map(toRecordHeader),
  }
}

/** Lambda's bytes are Java's: those above 127 are negative. */
function toRecordHeader({ name, value }: MessageHeader): Record<string, number[]> {
  return { [name]: Array.from(new Int8Array(value)) }
}

/** @throws Error when the answer names what was not asked: then, as with Lambda, all of it comes again */
export function pickFailed(
  events: KafkaMessage[],
  { batchItemFailures }: KafkaAnswer,
  topicPrefix: string,
): KafkaMessage[] {
  return batchItemFailures.map(({ itemIdentifier: { partition, offset } }) => {
    const failed = events.find(
      (event) => partitionOf(event, topicPrefix) === partition && Number(event.offset) === offset,
    )
    if (!failed) throw new Error(`no event at ${partition}, offset ${offset}, was handed over`)
    return failed
  })
}

const partitionOf = ({ topic, partition }: KafkaMessage, topicPrefix: string) =>
  `${topicPrefix}${topic}-${partition}`
