import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../core/aws/aws-client-options.ts'
import { createBucket } from '../core/aws/bucket.ts'
import { createDocumentClient } from '../core/aws/document-client.ts'
import { watchBucket, watchTable } from '../core/aws/watch-aws.ts'
import { createCatalog } from '../core/catalog/catalog.ts'
import { createDeadLetters } from '../core/events/dead-letters.ts'
import { createEventBus, type EventBus } from '../core/events/event-bus.ts'
import { hashRecipe } from '../core/images/recipe.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import type { KafkaClient } from '../core/kafka/kafka-client.ts'
import { watchKafka } from '../core/kafka/watch-kafka.ts'
import type { Logger } from '../core/telemetry/logger.ts'
import type { ProcessorConfig } from './config.ts'
import { createMemorySemaphore } from './imaging/memory-semaphore.ts'
import type { Observer } from './pipeline/observer.ts'
import type { ProcessorDeps } from './pipeline/stages.ts'
import { createFindTraceparent } from './pipeline/trace-image.ts'
import { createProcessor } from './triggers/create-processor.ts'
import { createReconcile } from './triggers/reconcile.ts'

interface Overrides {
  logger: Logger
  /** Finds the trace of an upload in the stored object when a trigger carries none. */
  traceUploads?: boolean
  observer?: Observer
  s3?: S3Client
  dynamoDb?: DynamoDBClient
  kafka?: KafkaClient
  eventBus?: EventBus
  /** Epoch milliseconds. */
  now?: () => number
}

/**
 * Builds the processor from its settings: the one place where its clients are created. Overrides replace parts of it in tests
 * and in-process systems; `close` leaves them open.
 * @throws ConfigError when the Kafka settings are invalid
 */
export async function composeProcessor(config: ProcessorConfig, overrides: Overrides) {
  const { logger, observer, now = Date.now } = overrides
  const s3 = overrides.s3 ?? new S3Client(s3ClientOptions(config))
  const dynamoDb = overrides.dynamoDb ?? new DynamoDBClient(dynamoDbClientOptions(config))
  const kafka = overrides.kafka ?? (await connectKafka(config, { clientId: 'hashgate-processor', logger }))
  const publishing = {
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    budgetMs: config.PUBLISH_TIMEOUT_SECONDS * 1_000,
  }
  const eventBus = overrides.eventBus ?? createEventBus(kafka, publishing)
  const deadLetters = createDeadLetters(kafka, publishing)
  const documents = createDocumentClient(dynamoDb)
  const catalog = createCatalog(documents, {
    tableName: config.CATALOG_TABLE,
    retentionSeconds: config.RETENTION_DAYS * 86_400,
    now,
  })
  const deps = {
    catalog,
    rawBucket: createBucket(s3, config.RAW_BUCKET),
    processedBucket: createBucket(s3, config.PROCESSED_BUCKET),
    eventBus,
    variants: config.variants,
    recipe: hashRecipe(config.variants, { keepLocation: config.KEEP_LOCATION }),
    heic: config.HEIC === 'on',
    keepLocation: config.KEEP_LOCATION,
    limits: readLimits(config),
    now,
  } satisfies ProcessorDeps
  const processor = createProcessor({
    deps,
    deadLetters,
    reconcile: createReconcile(deps),
    imagesInFlight: config.IMAGES_IN_FLIGHT,
    maxAttempts: config.DEAD_LETTER_AFTER_TRIES,
    ...(overrides.traceUploads && { findTraceparent: createFindTraceparent(deps.rawBucket) }),
    observer,
    logger,
  })

  const watched = {
    rawBucket: watchBucket('RAW_BUCKET', deps.rawBucket),
    processedBucket: watchBucket('PROCESSED_BUCKET', deps.processedBucket),
    catalog: watchTable('CATALOG_TABLE', catalog),
    events: watchKafka(eventBus),
  }

  async function close(): Promise<void> {
    await Promise.all([overrides.eventBus ? undefined : eventBus.close(), deadLetters.close()])
    await documents.close()
    if (!overrides.s3) s3.destroy()
    if (!overrides.dynamoDb) dynamoDb.destroy()
  }

  return { processor, deps, watched, kafka, close }
}

function readLimits(config: ProcessorConfig): ProcessorDeps['limits'] {
  return {
    maxUploadBytes: config.MAX_UPLOAD_BYTES,
    maxInputPixels: config.MAX_INPUT_PIXELS,
    maxAnimatedPixels: config.MAX_ANIMATED_PIXELS,
    maxPages: config.MAX_PAGES,
    maxDecodeBytes: config.MAX_DECODE_BYTES,
    maxAttempts: config.MAX_ATTEMPTS,
    leaseMs: config.LEASE_SECONDS * 1_000,
    // The rest of the lease is reserved for recording the result, before another worker can claim the image.
    imageTimeoutMs: Math.min(config.IMAGE_TIMEOUT_SECONDS, config.LEASE_SECONDS * 0.75) * 1_000,
    decodeTimeoutSeconds: config.DECODE_TIMEOUT_SECONDS,
    withMemory: createMemorySemaphore(config.DECODE_MEMORY_MB * 1_000_000),
  }
}
