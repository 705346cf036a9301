import { createHash } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { pino } from 'pino'
import type { Test } from 'tap'
import { documentClientOptions } from '../../core/aws/aws-client-options.ts'
import { createCatalog } from '../../core/catalog/catalog.ts'
import { createCatalogTable } from '../../core/catalog/create-catalog-table.ts'
import { createEventBus } from '../../core/events/event-bus.ts'
import { imageEvent, topics } from '../../core/events/image-events.ts'
import type { AcceptedContentType } from '../../core/images/formats.ts'
import type { ImageEvent } from '../../core/images/image-event.ts'
import type { ImageRecord } from '../../core/images/image-record.ts'
import { rawKey } from '../../core/images/object-key.ts'
import { startConsumer } from '../../core/kafka/consumer.ts'
import { createKafka } from '../../core/kafka/kafka-client.ts'
import type { KafkaMessage } from '../../core/kafka/kafka-message.ts'
import { type OutgoingMessage, openProducer } from '../../core/kafka/producer.ts'
import { startLocalS3 } from '../local/s3/start-local-s3.ts'
import { startLocalDynamoDb } from '../local/start-local-dynamodb.ts'
import { startLocalKafka } from '../local/start-local-kafka.ts'
import { handleOneByOne } from './kafka/handle-one-by-one.ts'

const region = 'us-east-1'
const credentials = { accessKeyId: 'test', secretAccessKey: 'test-secret' }

/** Starts the embedded S3, DynamoDB and Kafka. Returns functions that act as the gateway, and a worker's environment variables. */
export async function startEmbeddedServices(t: Test) {
  const [s3Server, dynamoServer, kafkaServer] = await Promise.all([
    startLocalS3({ directory: t.testdir(), ...credentials, region, notify: { buckets: ['raw'] } }),
    startLocalDynamoDb(),
    startLocalKafka(),
  ])
  const s3 = new S3Client({
    region,
    endpoint: s3Server.url,
    forcePathStyle: true,
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  const dynamoDb = new DynamoDBClient({ region, endpoint: dynamoServer.endpoint, credentials })
  const logger = pino({ level: 'silent' })
  const kafka = createKafka({ brokers: kafkaServer.brokers, clientId: 'test', logger })
  const eventBus = createEventBus(kafka, { topicPrefix: '', budgetMs: 10_000 })
  const outcomes: ImageEvent[] = []
  const deadLetters: KafkaMessage[] = []
  const producer = await openProducer(kafka)

  await Promise.all([
    s3.send(new CreateBucketCommand({ Bucket: 'raw' })),
    s3.send(new CreateBucketCommand({ Bucket: 'processed' })),
    createCatalogTable(dynamoDb, 'images'),
  ])
  const listener = startConsumer(kafka, {
    groupId: 'test-listener',
    topics: [topics.processed, topics.rejected, topics.reprocessed],
    concurrency: 1,
    handleBatch: handleOneByOne(async ({ value }) => void outcomes.push(JSON.parse(String(value)))),
    logger,
  })
  const deadLetterListener = startConsumer(kafka, {
    groupId: 'test-dead-letters',
    topics: [topics.deadLetter],
    concurrency: 1,
    handleBatch: handleOneByOne(async (event) => void deadLetters.push(event)),
    logger,
  })
  t.teardown(async () => {
    const listeners = [listener, deadLetterListener]
    await Promise.all([...listeners.map(({ close }) => close()), eventBus.close(), producer.close()])
    s3.destroy()
    dynamoDb.destroy()
    await Promise.all([s3Server.close(), dynamoServer.close(), kafkaServer.close()])
  })

  const openCatalog = (now: () => number) =>
    createCatalog(DynamoDBDocumentClient.from(dynamoDb, documentClientOptions), {
      tableName: 'images',
      retentionSeconds: 7 * 86_400,
      now,
    })
  const catalog = openCatalog(Date.now)

  /** @param ageMs time since the upload was requested */
  async function upload(bytes: Buffer, contentType: AcceptedContentType, ageMs = 0): Promise<ImageRecord> {
    const imageId = createHash('sha256').update(bytes).digest('hex')
    const { record } = await openCatalog(() => Date.now() - ageMs).register({
      tenant: 'local',
      imageId,
      byteLength: bytes.length,
      contentType,
    })
    const object = { Bucket: 'raw', Key: rawKey(record), Body: bytes, ContentType: contentType }
    await s3.send(new PutObjectCommand(object))
    return record
  }

  const find = ({ tenant, imageId }: ImageRecord) => catalog.find(tenant, imageId)

  function announceCompleted(record: ImageRecord): Promise<void> {
    return eventBus.publish(
      imageEvent(topics.uploadCompleted, record, { source: '/hashgate/gateway', nowMs: Date.now() }),
    )
  }

  /** Publishes any message to the topic of completed uploads. */
  async function publishRaw(message: OutgoingMessage): Promise<void> {
    await producer.send([{ topic: topics.uploadCompleted, messages: [message] }], { compress: false })
  }

  const outcomesOf = (image: ImageRecord) => outcomes.filter(({ data }) => data.imageId === image.imageId)

  async function listProcessed(Prefix: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'processed', Prefix }))
    return Contents.flatMap(({ Key }) => Key ?? [])
  }

  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_ENDPOINT: s3Server.url,
    RAW_BUCKET: 'raw',
    PROCESSED_BUCKET: 'processed',
    DYNAMODB_ENDPOINT: dynamoServer.endpoint,
    CATALOG_TABLE: 'images',
    KAFKA_BROKERS: kafkaServer.brokers,
    LOG_LEVEL: 'info',
  }

  return {
    s3Server,
    find,
    upload,
    announceCompleted,
    publishRaw,
    listProcessed,
    outcomesOf,
    deadLetters,
    environment,
  }
}
