import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Test } from 'tap'
import {
  documentClientOptions,
  dynamoDbClientOptions,
  s3ClientOptions,
} from '../../core/aws-client-options.ts'
import { createBucket } from '../../core/bucket.ts'
import { createCatalog } from '../../core/catalog.ts'
import { createCatalogTable } from '../../core/create-catalog-table.ts'
import { createEventBus } from '../../core/event-bus.ts'
import { createKafka } from '../../core/kafka.ts'
import { createLogger } from '../../core/logger.ts'
import { buildApp } from '../../gateway/app.ts'
import { preparePresignDownload } from '../../gateway/presign-download.ts'
import { preparePresignUpload } from '../../gateway/presign-upload.ts'
import { buildReceiver } from '../../processor/build-receiver.ts'
import { createDeps } from '../../processor/create-deps.ts'
import { createHandler } from '../../processor/create-handler.ts'
import { startKafkaTrigger } from '../../processor/start-kafka-trigger.ts'
import { startLocalS3 } from '../local/s3/start-local-s3.ts'
import { startLocalDynamoDb } from '../local/start-local-dynamodb.ts'
import { startLocalKafka } from '../local/start-local-kafka.ts'

const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
const key = 'hg_test_0123456789abcdef'
const rawBucket = 'raw-bucket'
const processedBucket = 'processed-bucket'
const table = 'images'
const imagesInFlight = 2

/**
 * The whole system over real sockets, but in one process, so that a test owns the clock of every part and can look
 * into the stores.
 */
export async function startInProcess(t: Test) {
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const logger = createLogger('test', 'silent')
  const [localS3, localDynamoDb, localKafka] = await Promise.all([
    startLocalS3({ directory: t.testdir({}), ...credentials, now, notify: { buckets: [rawBucket] } }),
    startLocalDynamoDb(),
    startLocalKafka(),
  ])
  const endpoints = {
    AWS_REGION: 'us-east-1',
    S3_ENDPOINT: localS3.url,
    DYNAMODB_ENDPOINT: localDynamoDb.endpoint,
  }
  const s3 = new S3Client({ ...s3ClientOptions(endpoints), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(endpoints), credentials })
  await Promise.all([
    s3.send(new CreateBucketCommand({ Bucket: rawBucket })),
    s3.send(new CreateBucketCommand({ Bucket: processedBucket })),
    createCatalogTable(dynamoDb, table),
  ])

  const kafka = createKafka({ brokers: localKafka.brokers, clientId: 'test', logger })
  const eventBus = createEventBus(kafka, { topicPrefix: '', budgetMs: 5_000 })
  const settings = {
    ...endpoints,
    RAW_BUCKET: rawBucket,
    PROCESSED_BUCKET: processedBucket,
    CATALOG_TABLE: table,
    KAFKA_BROKERS: localKafka.brokers,
    KAFKA_TOPIC_PREFIX: '',
    RETENTION_DAYS: 7,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: 0,
    MAX_UPLOAD_BYTES: 52_428_800,
  } as const
  const catalog = createCatalog(DynamoDBDocumentClient.from(dynamoDb, documentClientOptions), {
    tableName: table,
    retentionSeconds: 7 * 86_400,
    now,
  })
  const presigning = { ttlSeconds: 900, now }
  const app = await buildApp(
    { ...settings, API_KEY: key, API_KEY_TENANT: 'local', RATE_LIMIT_PER_MINUTE: 100_000 },
    {
      catalog,
      rawBucket: createBucket(s3, rawBucket),
      events: eventBus,
      presignUpload: await preparePresignUpload(s3, { bucket: rawBucket, ...presigning }),
      presignDownload: await preparePresignDownload(s3, { bucket: processedBucket, ...presigning }),
      now,
    },
    logger,
  )
  const gateway = await app.listen({ host: '127.0.0.1', port: 0 })

  const processorSettings = {
    ...settings,
    MAX_INPUT_PIXELS: 100_000_000,
    LEASE_SECONDS: 60,
    DECODE_TIMEOUT_SECONDS: 30,
    IMAGES_IN_FLIGHT: imagesInFlight,
    MAX_ATTEMPTS: 5,
    PUBLISH_TIMEOUT_SECONDS: 5,
    KAFKA_GROUP_ID: 'processor',
  }
  const deps = createDeps({ s3, dynamoDb, eventBus }, processorSettings, now)
  const handle = createHandler({ deps, imagesInFlight, logger })
  const receiver = buildReceiver({ handle, logger })
  localS3.notifyTo(`${await receiver.listen({ host: '127.0.0.1', port: 0 })}/s3-events`)
  const kafkaTrigger = startKafkaTrigger(kafka, {
    brokers: localKafka.brokers,
    topicPrefix: '',
    groupId: 'processor',
    concurrency: imagesInFlight,
    handle,
    logger,
  })

  t.teardown(async () => {
    await Promise.all([app.close(), receiver.close(), kafkaTrigger.close()])
    await eventBus.close()
    await Promise.all([localS3.close(), localDynamoDb.close(), localKafka.close()])
    s3.destroy()
    dynamoDb.destroy()
  })

  /** Moves the clock of every part. */
  function advanceClock(ms: number): void {
    offsetMs += ms
    // The SDK stamps its own requests with the machine's clock, unless it is told how far that is off.
    s3.config.systemClockOffset = offsetMs
  }

  async function listKeys(bucket: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }))
    return Contents.map(({ Key = '' }) => Key)
  }

  return {
    gateway,
    key,
    kafka,
    catalog,
    advanceClock,
    stopKafka: localKafka.close,
    stopDynamoDb: localDynamoDb.close,
    stopS3: localS3.close,
    listRaw: () => listKeys(rawBucket),
    listProcessed: () => listKeys(processedBucket),
    countRecords: async () => (await dynamoDb.send(new ScanCommand({ TableName: table }))).Count,
  }
}
