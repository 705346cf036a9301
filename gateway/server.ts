import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import closeWithGrace from 'close-with-grace'
import { collectDefaultMetrics } from 'prom-client'
import { openKeyTable } from '../core/api-keys/key-table.ts'
import {
  documentClientOptions,
  dynamoDbClientOptions,
  s3ClientOptions,
} from '../core/aws/aws-client-options.ts'
import { createBucket } from '../core/aws/bucket.ts'
import { createCatalog } from '../core/catalog/catalog.ts'
import { readOrExit } from '../core/config/read-config.ts'
import { createEventBus } from '../core/events/event-bus.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { createApp } from './app.ts'
import { createAudit } from './auth/audit.ts'
import { prepareIdentify } from './auth/prepare-identify.ts'
import { readGatewayConfig } from './config.ts'
import { createAdminApp } from './observe/build-admin-app.ts'
import { createMetrics } from './observe/create-metrics.ts'
import { measureDynamoDb } from './observe/measure-dynamodb.ts'
import { createRequestTracing } from './observe/prepare-request-tracing.ts'
import { timeMethod, timeOutcome } from './observe/time-calls.ts'
import { connectRedis } from './rate-limit/connect-redis.ts'
import { sharedRateLimitStore } from './rate-limit/rate-limit-store.ts'
import { createPresignDownload } from './uploads/presign-download.ts'
import { createPresignUpload } from './uploads/presign-upload.ts'

const config = await readOrExit(() => readGatewayConfig())
const logger = createLogger('gateway', config.LOG_LEVEL)
const now = Date.now

const tracing = await startTracing({
  service: 'hashgate-gateway',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const metrics = createMetrics()
collectDefaultMetrics({ register: metrics.registry })

const s3 = new S3Client(s3ClientOptions(config))
const dynamoDbClient = new DynamoDBClient(dynamoDbClientOptions(config))
measureDynamoDb(dynamoDbClient, metrics)
const dynamoDb = DynamoDBDocumentClient.from(dynamoDbClient, documentClientOptions)
const kafka = await readOrExit(() =>
  connectKafka(config, {
    clientId: 'hashgate-gateway',
    logger,
  }),
)
const events = createEventBus(kafka, {
  topicPrefix: config.KAFKA_TOPIC_PREFIX,
  budgetMs: config.EVENT_BUDGET_MS,
})
const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL) : undefined
const audit = createAudit(logger)
const keys = openKeyTable(dynamoDb, config.KEYS_TABLE)
const presigning = { ttlSeconds: config.PRESIGN_TTL_SECONDS, now }

const catalog = createCatalog(dynamoDb, {
  tableName: config.CATALOG_TABLE,
  retentionSeconds: config.RETENTION_DAYS * 24 * 3600,
  reconcileAfterSeconds: config.RECONCILE_AFTER_SECONDS,
  now,
})
const presignUpload = await createPresignUpload(s3, { bucket: config.RAW_BUCKET, ...presigning })
const presignDownload = await createPresignDownload(s3, { bucket: config.PROCESSED_BUCKET, ...presigning })

const app = await createApp(
  config,
  {
    catalog,
    rawBucket: createBucket(s3, config.RAW_BUCKET),
    events: { ...events, publish: timeOutcome(metrics.kafkaSeconds, events.publish) },
    presignUpload: timeMethod(metrics.presignSeconds, 'PUT', presignUpload),
    presignDownload: timeMethod(metrics.presignSeconds, 'GET', presignDownload),
    ...(config.AUTH.includes('keys') && { keys }),
    identify: prepareIdentify(config, { keys, audit, now }),
    audit,
    rateLimitStore: redis && sharedRateLimitStore(redis, logger),
    metrics,
    ...(tracing.isOn && { traceRequests: await createRequestTracing() }),
    now,
  },
  logger,
)

const admin = createAdminApp({ catalog, metrics, now }, logger)

closeWithGrace({ delay: 4_000, logger }, async ({ err }) => {
  if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
  await Promise.all([app.close(), admin.close()])
  redis?.disconnect()
  await Promise.all([events.close(), tracing.close()])
})

const adminUrl = await admin.listen({ host: config.ADMIN_HOST, port: config.ADMIN_PORT })
const url = await app.listen({ host: config.HOST, port: config.PORT })
process.send?.({ ready: true, url, adminUrl })
