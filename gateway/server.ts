import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import closeWithGrace from 'close-with-grace'
import { collectDefaultMetrics } from 'prom-client'
import {
  documentClientOptions,
  dynamoDbClientOptions,
  s3ClientOptions,
  secretsManagerClientOptions,
} from '../core/aws-client-options.ts'
import { createBucket } from '../core/bucket.ts'
import { createCatalog } from '../core/catalog.ts'
import { connectKafka } from '../core/connect-kafka.ts'
import { createEventBus } from '../core/event-bus.ts'
import { openKeyTable } from '../core/key-table.ts'
import { createLogger } from '../core/logger.ts'
import { readOrExit } from '../core/read-config.ts'
import { buildApp } from './app.ts'
import { createAudit } from './auth/audit.ts'
import { prepareIdentify } from './auth/prepare-identify.ts'
import { readGatewayConfig } from './config.ts'
import { connectRedis } from './connect-redis.ts'
import { buildAdminApp } from './observe/build-admin-app.ts'
import { createMetrics } from './observe/create-metrics.ts'
import { measureDynamoDb } from './observe/measure-dynamodb.ts'
import { timeMethod, timeOutcome } from './observe/time-calls.ts'
import { preparePresignDownload } from './presign-download.ts'
import { preparePresignUpload } from './presign-upload.ts'
import { sharedRateLimitStore } from './rate-limit-store.ts'

const config = await readOrExit(() => readGatewayConfig())
const logger = createLogger('gateway', config.LOG_LEVEL)
const now = Date.now

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
    secretsManager: new SecretsManagerClient(secretsManagerClientOptions(config)),
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
const presignUpload = await preparePresignUpload(s3, { bucket: config.RAW_BUCKET, ...presigning })
const presignDownload = await preparePresignDownload(s3, { bucket: config.PROCESSED_BUCKET, ...presigning })

const app = await buildApp(
  config,
  {
    catalog,
    rawBucket: createBucket(s3, config.RAW_BUCKET),
    events: { ...events, publish: timeOutcome(metrics.kafkaSeconds, events.publish) },
    presignUpload: timeMethod(metrics.presignSeconds, 'PUT', presignUpload),
    presignDownload: timeMethod(metrics.presignSeconds, 'GET', presignDownload),
    identify: prepareIdentify(config, { keys, audit, now }),
    audit,
    rateLimitStore: redis && sharedRateLimitStore(redis, logger),
    metrics,
    now,
  },
  logger,
)

const admin = buildAdminApp({ catalog, metrics, now }, logger)

closeWithGrace({ delay: 4_000, logger }, async ({ err }) => {
  if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
  await Promise.all([app.close(), admin.close()])
  redis?.disconnect()
  await events.close()
})

const adminUrl = await admin.listen({ host: config.ADMIN_HOST, port: config.ADMIN_PORT })
const url = await app.listen({ host: config.HOST, port: config.PORT })
process.send?.({ ready: true, url, adminUrl })
