import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { openKeyTable } from '../../core/api-keys/key-table.ts'
import {
  documentClientOptions,
  dynamoDbClientOptions,
  s3ClientOptions,
} from '../../core/aws/aws-client-options.ts'
import { createBucket } from '../../core/aws/bucket.ts'
import { createCatalog } from '../../core/catalog/catalog.ts'
import { createDeadLetters } from '../../core/events/dead-letters.ts'
import { createEventBus } from '../../core/events/event-bus.ts'
import { variants } from '../../core/images/variants.ts'
import { connectKafka } from '../../core/kafka/connect-kafka.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { createApp } from '../../gateway/app.ts'
import { createAudit } from '../../gateway/auth/audit.ts'
import { createIdentify } from '../../gateway/auth/identify.ts'
import { createIdentifyByKey } from '../../gateway/auth/identify-by-key.ts'
import { createAdminApp } from '../../gateway/observe/build-admin-app.ts'
import { createMetrics } from '../../gateway/observe/create-metrics.ts'
import { createPresignDownload } from '../../gateway/uploads/presign-download.ts'
import { createPresignUpload } from '../../gateway/uploads/presign-upload.ts'
import { createDeps } from '../../processor/create-deps.ts'
import { createHandler } from '../../processor/triggers/create-handler.ts'
import { createReconcile } from '../../processor/triggers/reconcile.ts'
import { createS3WebhookServer } from '../../processor/triggers/s3-webhook-server.ts'
import { startKafkaTrigger } from '../../processor/triggers/start-kafka-trigger.ts'
import type { Backing, Stop } from './backing.ts'
import type { StoreSettings } from './create-stores.ts'
import { ensureLocalKey } from './ensure-local-key.ts'

const logger = createLogger('test', 'silent')
const anyPort = { host: '127.0.0.1', port: 0 }

/** The settings of gateway and processor, but for what the backing says. */
const fixedSettings = {
  KAFKA_TOPIC_PREFIX: '',
  KAFKA_GROUP_ID: 'processor',
  SECRETS_MANAGER_ENDPOINT: '',
  KAFKA_TLS: false,
  KAFKA_CA_FILE: '',
  KAFKA_CA_SECRET_ID: '',
  KAFKA_SASL_USERNAME: '',
  KAFKA_SASL_PASSWORD: '',
  KAFKA_SASL_SECRET_ID: '',
  RETENTION_DAYS: 7,
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  LOG_LEVEL: 'silent',
  HOST: '127.0.0.1',
  PORT: 0,
  CORS_ORIGINS: '',
  TRUST_PROXY: '',
  /** All parts share one process, and may be busy for long. */
  MAX_EVENT_LOOP_DELAY_MS: 30_000,
  MAX_UPLOAD_BYTES: 52_428_800,
  MAX_WAIT_SECONDS: 25,
  RATE_LIMIT_PER_MINUTE: 100_000,
  MAX_INPUT_PIXELS: 100_000_000,
  MAX_ANIMATED_PIXELS: 100_000_000,
  MAX_PAGES: 1_000,
  MAX_DECODE_BYTES: 640_000_000,
  LEASE_SECONDS: 60,
  IMAGE_TIMEOUT_SECONDS: 60,
  DECODE_TIMEOUT_SECONDS: 30,
  DECODE_MEMORY_MB: 140,
  IMAGES_IN_FLIGHT: 2,
  MAX_ATTEMPTS: 5,
  PUBLISH_TIMEOUT_SECONDS: 5,
  KAFKA_BATCH_SIZE: 10,
  DEAD_LETTER_AFTER_TRIES: 5,
  REPORT_BATCH_ITEM_FAILURES: false,
  METRICS_NAMESPACE: 'hashgate',
  RECONCILE_INTERVAL_SECONDS: 0,
  KEEP_LOCATION: false,
  variants,
} as const

type Clock = () => number
type OnStop = (stop: Stop) => void

type KafkaSettings = 'TOPIC_PREFIX' | 'GROUP_ID' | 'CA_FILE' | 'SASL_USERNAME' | 'SASL_PASSWORD'

type Environment = StoreSettings & { KAFKA_BROKERS: string } & { [K in `KAFKA_${KafkaSettings}`]?: string }

interface InProcessOptions extends Omit<Backing, 'environment'> {
  environment: Environment
  /** Epoch milliseconds, of every part of ours. */
  now: Clock
  /** The clock of the S3: what is signed by another one is refused. */
  storeNow: Clock
  onStop: OnStop
}

export type InProcessSystem = Awaited<ReturnType<typeof startInProcess>>

/**
 * The gateway and the processor over real sockets, but in this process, so that its owner has the clock of every part and
 * can look into the stores.
 */
export async function startInProcess(options: InProcessOptions) {
  const settings = mergeSettings(options.environment)
  const key = await ensureLocalKey(settings, { requestsPerMinute: settings.RATE_LIMIT_PER_MINUTE })
  const clients = await connect(settings)
  options.onStop(clients.close)
  const urls = await startGateway(settings, clients, options)
  await startProcessor(settings, clients, options)

  async function listKeys(Bucket: string): Promise<string[]> {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key = '' }) => Key)
  }

  const { RAW_BUCKET, PROCESSED_BUCKET, CATALOG_TABLE } = settings
  return {
    ...urls,
    key,
    topicPrefix: settings.KAFKA_TOPIC_PREFIX,
    kafka: clients.kafka,
    s3: clients.s3,
    listRaw: () => listKeys(RAW_BUCKET),
    listProcessed: () => listKeys(PROCESSED_BUCKET),
    countRecords: async () =>
      (await clients.dynamoDb.send(new ScanCommand({ TableName: CATALOG_TABLE }))).Count,
  }
}

type Settings = ReturnType<typeof mergeSettings>
type Clients = Awaited<ReturnType<typeof connect>>

const mergeSettings = (environment: Environment) => ({ ...fixedSettings, ...environment })

async function connect(settings: Settings) {
  const credentials = {
    accessKeyId: settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
  }
  const s3 = new S3Client({ ...s3ClientOptions(settings), credentials })
  const dynamoDb = new DynamoDBClient({
    ...dynamoDbClientOptions(settings),
    credentials,
    // A stand-in that shares this process with all the others answers late when they are busy.
    requestHandler: { requestTimeout: 30_000 },
  })
  const kafka = await connectKafka(settings, { clientId: 'test', logger })
  const eventBus = createEventBus(kafka, { topicPrefix: settings.KAFKA_TOPIC_PREFIX, budgetMs: 5_000 })

  async function close(): Promise<void> {
    await eventBus.close()
    s3.destroy()
    dynamoDb.destroy()
  }
  return { s3, dynamoDb, kafka, eventBus, close }
}

async function startGateway(
  settings: Settings,
  { s3, dynamoDb, eventBus }: Clients,
  { now, storeNow, onStop }: InProcessOptions,
) {
  const presigning = { ttlSeconds: 900, now: storeNow }
  const documents = DynamoDBDocumentClient.from(dynamoDb, documentClientOptions)
  const audit = createAudit(logger)
  const keys = openKeyTable(documents, settings.KEYS_TABLE)
  const metrics = createMetrics()
  const catalog = createCatalog(documents, {
    tableName: settings.CATALOG_TABLE,
    retentionSeconds: settings.RETENTION_DAYS * 86_400,
    now,
  })
  const app = await createApp(
    settings,
    {
      catalog,
      rawBucket: createBucket(s3, settings.RAW_BUCKET),
      events: eventBus,
      presignUpload: await createPresignUpload(s3, { bucket: settings.RAW_BUCKET, ...presigning }),
      presignDownload: await createPresignDownload(s3, { bucket: settings.PROCESSED_BUCKET, ...presigning }),
      identify: createIdentify({ byKey: createIdentifyByKey({ keys, audit, now }) }),
      audit,
      metrics,
      now,
    },
    logger,
  )
  const admin = createAdminApp({ catalog, metrics, now }, logger)
  onStop(() => Promise.all([app.close(), admin.close()]))
  return { gateway: await app.listen(anyPort), metrics: `${await admin.listen(anyPort)}/metrics` }
}

async function startProcessor(
  settings: Settings,
  { kafka, ...clients }: Clients,
  { processorPort: port = 0, notifyTo = () => {}, now, onStop }: InProcessOptions,
): Promise<void> {
  const publishing = { topicPrefix: settings.KAFKA_TOPIC_PREFIX, budgetMs: 5_000 }
  const deadLetters = createDeadLetters(kafka, publishing)
  const deps = createDeps(clients, settings, now)
  const handle = createHandler({
    deps,
    deadLetters,
    reconcile: createReconcile(deps),
    rawBucket: settings.RAW_BUCKET,
    maxTries: settings.DEAD_LETTER_AFTER_TRIES,
    imagesInFlight: settings.IMAGES_IN_FLIGHT,
    logger,
  })
  const receiver = createS3WebhookServer({ handle, logger })
  notifyTo(`${await receiver.listen({ ...anyPort, port })}/s3-events`)
  const kafkaTrigger = startKafkaTrigger(kafka, {
    brokers: settings.KAFKA_BROKERS,
    topicPrefix: settings.KAFKA_TOPIC_PREFIX,
    groupId: settings.KAFKA_GROUP_ID,
    concurrency: settings.IMAGES_IN_FLIGHT,
    batchSize: settings.KAFKA_BATCH_SIZE,
    handle,
    logger,
  })
  onStop(async () => {
    await Promise.all([receiver.close(), kafkaTrigger.close()])
    await deadLetters.close()
  })
}
