import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { FastifyPluginCallback } from 'fastify'
import type { Dispatcher } from 'undici'
import { createKeyTable, type KeyTable } from '../core/api-keys/key-table.ts'
import {
  documentClientOptions,
  dynamoDbClientOptions,
  s3ClientOptions,
  secretsManagerClientOptions,
} from '../core/aws/aws-client-options.ts'
import { createBucket } from '../core/aws/bucket.ts'
import { createDocumentClient } from '../core/aws/document-client.ts'
import { watchTable } from '../core/aws/watch-aws.ts'
import { createCatalog } from '../core/catalog/catalog.ts'
import { createEventBus, type EventBus } from '../core/events/event-bus.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import { followTopics } from '../core/kafka/follow-topics.ts'
import type { KafkaClient } from '../core/kafka/kafka-client.ts'
import type { Logger } from '../core/telemetry/logger.ts'
import { openWebhookStore } from '../core/webhooks/webhook-store.ts'
import { createApp } from './app.ts'
import { createAudit } from './auth/audit.ts'
import { createIdentify } from './auth/create-identify.ts'
import { watchIssuer } from './auth/issuer-keys.ts'
import { createReadTokens } from './auth/read-token.ts'
import type { GatewayConfig } from './config.ts'
import type { GatewayDependencies } from './http/dependencies.ts'
import { streamGroupPrefix, streamTopics } from './live-events/event-feed.ts'
import { createAdminApp } from './observe/create-admin-app.ts'
import { createMetrics } from './observe/create-metrics.ts'
import { createMetricsReader } from './observe/create-metrics-reader.ts'
import { measureDynamoDb, observeDynamoDbCall } from './observe/measure-dynamodb.ts'
import { timeMethod, timeOutcome } from './observe/time-calls.ts'
import { connectRedis, watchRedis } from './rate-limit/connect-redis.ts'
import { countInRedisOrLocally } from './rate-limit/count-in-redis-or-locally.ts'
import { divideAmongWorkers } from './rate-limit/divide-among-workers.ts'
import { countLocally } from './rate-limit/rate-limit-counters.ts'
import { createPresignCdnDownload } from './uploads/presign-cdn-download.ts'
import { createPresignDownload } from './uploads/presign-download.ts'
import { createPresignUpload } from './uploads/presign-upload.ts'
import { findBucketAddress } from './uploads/presigner.ts'
import { readCdnKey } from './uploads/read-cdn-key.ts'
import { countWorkers } from './workers/count-workers.ts'

interface Overrides {
  logger: Logger
  /** Creates a span for every request; absent when tracing is off. */
  traceRequests?: FastifyPluginCallback
  s3?: S3Client
  secretsManager?: SecretsManagerClient
  dynamoDb?: DynamoDBClient
  /** Replaces the connections of the hot DynamoDB calls. */
  dispatcher?: Dispatcher
  kafka?: KafkaClient
  eventBus?: EventBus
  keys?: KeyTable
  /** Epoch milliseconds. */
  now?: () => number
  /** The clock of presigned URLs, in epoch milliseconds; `now` by default. */
  presignNow?: () => number
  /** Replaces dependencies of the routes and plugins. */
  dependencies?: Partial<GatewayDependencies>
}

const findStoreOrigin = async (s3: S3Client, bucket: string) => (await findBucketAddress(s3, bucket)).origin

/**
 * Builds the gateway from its settings: the one place where its clients are created. Overrides replace parts of it in tests,
 * benchmarks and in-process systems; `close` leaves them open.
 * @throws ConfigError when the Kafka settings or the key of the content delivery network are invalid
 */
export async function composeGateway(config: GatewayConfig, overrides: Overrides) {
  const { logger, now = Date.now, presignNow = now } = overrides
  const metrics = createMetrics()
  const audit = createAudit(logger)
  const s3 = overrides.s3 ?? new S3Client(s3ClientOptions(config))
  const dynamoDb = overrides.dynamoDb ?? new DynamoDBClient(dynamoDbClientOptions(config))
  measureDynamoDb(dynamoDb, metrics)
  const documents = createDocumentClient(dynamoDb, {
    dispatcher: overrides.dispatcher,
    onCall: observeDynamoDbCall(metrics),
  })
  const kafka = overrides.kafka ?? (await connectKafka(config, { clientId: 'hashgate-gateway', logger }))
  const eventBus =
    overrides.eventBus ??
    createEventBus(kafka, { topicPrefix: config.KAFKA_TOPIC_PREFIX, budgetMs: config.EVENT_BUDGET_MS })
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL) : undefined
  const keys =
    overrides.keys ??
    createKeyTable(DynamoDBDocumentClient.from(dynamoDb, documentClientOptions), config.KEYS_TABLE)
  const localCounters = divideAmongWorkers(countLocally(), countWorkers(config))
  const catalog = createCatalog(documents, {
    tableName: config.CATALOG_TABLE,
    retentionSeconds: config.RETENTION_DAYS * 86_400,
    reconcileAfterSeconds: config.RECONCILE_AFTER_SECONDS,
    now,
  })
  const webhooks = config.WEBHOOKS_TABLE ? openWebhookStore(documents, config.WEBHOOKS_TABLE, now) : undefined
  const presignUpload = await createPresignUpload(s3, {
    bucket: config.RAW_BUCKET,
    ttlSeconds: config.PRESIGN_TTL_SECONDS,
    now: presignNow,
  })
  const downloadOptions = { ttlSeconds: config.VARIANT_URL_TTL_SECONDS, now: presignNow }
  const presignDownload = config.CDN_URL
    ? createPresignCdnDownload({
        ...downloadOptions,
        url: config.CDN_URL,
        ...(await readCdnKey(
          overrides.secretsManager ?? new SecretsManagerClient(secretsManagerClientOptions(config)),
          config.CDN_KEY_SECRET_ID,
        )),
      })
    : await createPresignDownload(s3, { ...downloadOptions, bucket: config.PROCESSED_BUCKET })

  const app = await createApp(
    config,
    {
      catalog,
      rawBucket: createBucket(s3, config.RAW_BUCKET),
      events: { ...eventBus, publish: timeOutcome(metrics.kafkaSeconds, eventBus.publish) },
      liveEvents: {
        followEvents: (handlers) =>
          followTopics(kafka, {
            topics: streamTopics.map((topic) => config.KAFKA_TOPIC_PREFIX + topic),
            groupPrefix: streamGroupPrefix,
            logger,
            ...handlers,
          }),
      },
      presignUpload: timeMethod(metrics.presignSeconds, 'PUT', presignUpload),
      presignDownload: timeMethod(metrics.presignSeconds, 'GET', presignDownload),
      ...(config.AUTH.includes('keys') && { keys }),
      ...(webhooks && { webhooks }),
      optional: {
        ...(webhooks && { webhooks: watchTable('WEBHOOKS_TABLE', webhooks) }),
        ...(config.AUTH.includes('jwt') && { issuer: watchIssuer(config) }),
        ...(redis && { redis: watchRedis(redis) }),
      },
      ...(config.READ_TOKEN_SECRET && { readTokens: createReadTokens(config.READ_TOKEN_SECRET, now) }),
      storeOrigins: [
        await findStoreOrigin(s3, config.RAW_BUCKET),
        config.CDN_URL || (await findStoreOrigin(s3, config.PROCESSED_BUCKET)),
      ],
      identify: createIdentify(config, { keys, audit, now }),
      audit,
      rateLimitCounters: redis ? countInRedisOrLocally(redis, localCounters, logger) : localCounters,
      metrics,
      traceRequests: overrides.traceRequests,
      now,
      ...overrides.dependencies,
    },
    logger,
  )
  const metricsReader = createMetricsReader({ catalog, metrics, now }, logger)
  const admin = createAdminApp(metricsReader, logger)

  /** Finishes the requests in progress, then closes the connections. */
  async function close(): Promise<void> {
    await Promise.all([app.close(), admin.close()])
    redis?.disconnect()
    if (!overrides.eventBus) await eventBus.close()
    await documents.close()
    if (!overrides.s3) s3.destroy()
    if (!overrides.dynamoDb) dynamoDb.destroy()
  }

  return { app, admin, metrics, metricsReader, close }
}
