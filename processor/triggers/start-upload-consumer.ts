import { topics } from '../../core/events/image-events.ts'
import { startConsumer } from '../../core/kafka/consumer.ts'
import type { KafkaClient } from '../../core/kafka/kafka-client.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { Processor } from './create-processor.ts'

interface UploadConsumerOptions {
  groupId: string
  topicPrefix: string
  /** How many partitions are handled concurrently. */
  concurrency: number
  batchSize: number
  processor: Pick<Processor, 'handleUploadsCompleted'>
  logger: Logger
}

/** Consumes `image.upload.completed` for the worker until it is closed. */
export function startUploadConsumer(
  kafka: KafkaClient,
  { topicPrefix, processor, ...options }: UploadConsumerOptions,
) {
  return startConsumer(kafka, {
    ...options,
    topics: [topicPrefix + topics.uploadCompleted],
    handleBatch: (messages, signal) => processor.handleUploadsCompleted(messages, { signal }),
  })
}
