import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Registry } from 'prom-client'
import type { Test } from 'tap'
import {
  documentClientOptions,
  dynamoDbClientOptions,
  s3ClientOptions,
} from '../../core/aws-client-options.ts'
import { createBucket } from '../../core/bucket.ts'
import { createCatalog } from '../../core/catalog.ts'
import { createDeadLetters } from '../../core/dead-letters.ts'
import { createEventBus } from '../../core/event-bus.ts'
import { createKafka } from '../../core/kafka.ts'
import { createLogger } from '../../core/logger.ts'
import { buildApp } from '../../gateway/app.ts'
import { preparePresignDownload } from '../../gateway/presign-download.ts'
import { preparePresignUpload } from '../../gateway/presign-upload.ts'
import { buildReceiver } from '../../processor/build-receiver.ts'
import { createDeps } from '../../processor/create-deps.ts'
import { createHandler } from '../../processor/create-handler.ts'
import { createReconcile } from '../../processor/reconcile.ts'
import { startKafkaTrigger } from '../../processor/start-kafka-trigger.ts'
import { createStores } from '../local/create-stores.ts'
import { startLocalS3 } from '../local/s3/start-local-s3.ts'
import { startLocalDynamoDb } from '../local/start-local-dynamodb.ts'
import { startLocalKafka } from '../local/start-local-kafka.ts'

const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
const key = 'hg_test_0123456789abcdef'
const logger = createLogger('test', 'silent')
const anyPort = { host: '127.0.0.1', port: 0 }

/** The settings of gateway and processor, but for the addresses. */
const fixedSettings = {
  AWS_REGION: 'us-east-1',
  RAW_BUCKET: 'raw-bucket',
  PROCESSED_BUCKET: 'processed-bucket',
  CATALOG_TABLE: 'images',
  KAFKA_TOPIC_PREFIX: '',
  SECRETS_MANAGER_ENDPOINT: '',
  KAFKA_TLS: false,
  KAFKA_CA_FILE: '',
  KAFKA_SASL_USERNAME: '',
  KAFKA_SASL_PASSWORD: '',
  KAFKA_SASL_SECRET_ID: '',
  RETENTION_DAYS: 7,
  LOG_LEVEL: 'silent',
  HOST: '127.0.0.1',
  PORT: 0,
  API_KEY: key,
  API_KEY_TENANT: 'local',
  MAX_UPLOAD_BYTES: 52_428_800,
  RATE_LIMIT_PER_MINUTE: 100_000,
  MAX_INPUT_PIXELS: 100_000_000,
  LEASE_SECONDS: 60,
  DECODE_TIMEOUT_SECONDS: 30,
  IMAGES_IN_FLIGHT: 2,
  MAX_ATTEMPTS: 5,
  PUBLISH_TIMEOUT_SECONDS: 5,
  KAFKA_GROUP_ID: 'processor',
  KAFKA_BATCH_SIZE: 10,
  DEAD_LETTER_AFTER_TRIES: 5,
  REPORT_BATCH_ITEM_FAILURES: false,
  RECONCILE_INTERVAL_SECONDS: 0,
} as const

/**
 * The whole system over real sockets, but in one process, so that a test owns the clock of every part, can look into the
 * stores, and can take one away.
 */
export async function startInProcess(t: Test) {
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const parts = await startParts(t, now)
  const clients = connect(parts.settings)
  t.teardown(clients.close)
  const gateway = await startGateway(t, parts.settings, clients, now)
  await startProcessor(t, parts, clients, now)

  /** Moves the clock of every part. */
  function advanceClock(ms: number): void {
    offsetMs += ms
    // The SDK stamps its own requests with the machine's clock, unless it is told how far that is off.
    clients.s3.config.systemClockOffset = offsetMs
  }

  async function listKeys(Bucket: string): Promise<string[]> {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key = '' }) => Key)
  }

  const { RAW_BUCKET, PROCESSED_BUCKET, CATALOG_TABLE } = parts.settings
  return {
    gateway,
    key,
    kafka: clients.kafka,
    advanceClock,
    stopKafka: parts.kafka.close,
    stopDynamoDb: parts.dynamoDb.close,
    stopS3: parts.s3.close,
    listRaw: () => listKeys(RAW_BUCKET),
    listProcessed: () => listKeys(PROCESSED_BUCKET),
    countRecords: async () =>
      (await clients.dynamoDb.send(new ScanCommand({ TableName: CATALOG_TABLE }))).Count,
  }
}

type Parts = Awaited<ReturnType<typeof startParts>>
type Settings = Parts['settings']
type Clients = ReturnType<typeof connect>
type Clock = () => number

async function startParts(t: Test, now: Clock) {
  const notify = { buckets: [fixedSettings.RAW_BUCKET] }
  const [s3, dynamoDb, kafka] = await Promise.all([
    startLocalS3({ directory: t.testdir({}), ...credentials, now, notify }),
    startLocalDynamoDb(),
    startLocalKafka(),
  ])
  const addresses = {
    S3_ENDPOINT: s3.url,
    DYNAMODB_ENDPOINT: dynamoDb.endpoint,
    KAFKA_BROKERS: kafka.brokers,
  }
  const settings = { ...fixedSettings, ...addresses }
  await createStores(settings, credentials)
  t.teardown(() => Promise.all([s3.close(), dynamoDb.close(), kafka.close()]))
  return { s3, dynamoDb, kafka, settings }
}

function connect(settings: Settings) {
  const s3 = new S3Client({ ...s3ClientOptions(settings), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(settings), credentials })
  const kafka = createKafka({ brokers: settings.KAFKA_BROKERS, clientId: 'test', logger })
  const eventBus = createEventBus(kafka, { topicPrefix: settings.KAFKA_TOPIC_PREFIX, budgetMs: 5_000 })

  async function close(): Promise<void> {
    await eventBus.close()
    s3.destroy()
    dynamoDb.destroy()
  }
  return { s3, dynamoDb, kafka, eventBus, close }
}

async function startGateway(t: Test, settings: Settings, { s3, dynamoDb, eventBus }: Clients, now: Clock) {
  const presigning = { ttlSeconds: 900, now }
  const app = await buildApp(
    settings,
    {
      catalog: createCatalog(DynamoDBDocumentClient.from(dynamoDb, documentClientOptions), {
        tableName: settings.CATALOG_TABLE,
        retentionSeconds: settings.RETENTION_DAYS * 86_400,
        now,
      }),
      rawBucket: createBucket(s3, settings.RAW_BUCKET),
      events: eventBus,
      presignUpload: await preparePresignUpload(s3, { bucket: settings.RAW_BUCKET, ...presigning }),
      presignDownload: await preparePresignDownload(s3, { bucket: settings.PROCESSED_BUCKET, ...presigning }),
      metrics: new Registry(),
      now,
    },
    logger,
  )
  t.teardown(() => app.close())
  return app.listen(anyPort)
}

async function startProcessor(t: Test, { s3, settings }: Parts, { kafka, ...clients }: Clients, now: Clock) {
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
  const receiver = buildReceiver({ handle, logger })
  s3.notifyTo(`${await receiver.listen(anyPort)}/s3-events`)
  const kafkaTrigger = startKafkaTrigger(kafka, {
    brokers: settings.KAFKA_BROKERS,
    topicPrefix: settings.KAFKA_TOPIC_PREFIX,
    groupId: settings.KAFKA_GROUP_ID,
    concurrency: settings.IMAGES_IN_FLIGHT,
    batchSize: settings.KAFKA_BATCH_SIZE,
    handle,
    logger,
  })
  t.teardown(async () => {
    await Promise.all([receiver.close(), kafkaTrigger.close()])
    await deadLetters.close()
  })
}
