import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { documentClientOptions } from '../core/aws/aws-client-options.ts'
import { createBucket } from '../core/aws/bucket.ts'
import { createCatalog } from '../core/catalog/catalog.ts'
import type { EventBus } from '../core/events/event-bus.ts'
import { hashRecipe } from '../core/images/recipe.ts'
import type { ProcessorConfig } from './config.ts'
import { createMemorySemaphore } from './imaging/memory-semaphore.ts'
import type { ProcessorDeps } from './pipeline/stages.ts'

interface Clients {
  s3: S3Client
  dynamoDb: DynamoDBClient
  eventBus: EventBus
}

/** What the steps need, from the process's clients and settings. @param now epoch milliseconds */
export function createDeps(
  { s3, dynamoDb, eventBus }: Clients,
  config: ProcessorConfig,
  now: () => number = Date.now,
) {
  return {
    catalog: createCatalog(DynamoDBDocumentClient.from(dynamoDb, documentClientOptions), {
      tableName: config.CATALOG_TABLE,
      retentionSeconds: config.RETENTION_DAYS * 86_400,
      now,
    }),
    rawBucket: createBucket(s3, config.RAW_BUCKET),
    processedBucket: createBucket(s3, config.PROCESSED_BUCKET),
    eventBus,
    variants: config.variants,
    recipe: hashRecipe(config.variants, { keepLocation: config.KEEP_LOCATION }),
    keepLocation: config.KEEP_LOCATION,
    limits: {
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      maxInputPixels: config.MAX_INPUT_PIXELS,
      maxAnimatedPixels: config.MAX_ANIMATED_PIXELS,
      maxPages: config.MAX_PAGES,
      maxDecodeBytes: config.MAX_DECODE_BYTES,
      maxAttempts: config.MAX_ATTEMPTS,
      leaseMs: config.LEASE_SECONDS * 1_000,
      // What is left of the lease is for the verdict: who is late must not meet the next worker.
      imageTimeoutMs: Math.min(config.IMAGE_TIMEOUT_SECONDS, config.LEASE_SECONDS * 0.75) * 1_000,
      decodeTimeoutSeconds: config.DECODE_TIMEOUT_SECONDS,
      withMemory: createMemorySemaphore(config.DECODE_MEMORY_MB * 1_000_000),
    },
    now,
  } satisfies ProcessorDeps
}
