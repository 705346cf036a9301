import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../core/aws/aws-client-options.ts'
import { connectKafka } from '../../core/kafka/connect-kafka.ts'
import type { KafkaClient } from '../../core/kafka/kafka-client.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { composeGateway } from '../../gateway/compose-gateway.ts'
import { readGatewayConfig } from '../../gateway/config.ts'
import { composeProcessor } from '../../processor/compose-processor.ts'
import { readProcessorConfig } from '../../processor/config.ts'
import { createS3WebhookServer } from '../../processor/triggers/s3-webhook-server.ts'
import { startUploadConsumer } from '../../processor/triggers/start-upload-consumer.ts'
import type { Backing, Stop } from './backing.ts'
import { ensureLocalKey } from './ensure-local-key.ts'

const logger = createLogger('test', 'silent')
const anyPort = { host: '127.0.0.1', port: 0 }

/** Generous, because everything shares one process, which can be busy for long. */
const patientSettings = {
  RATE_LIMIT_PER_MINUTE: '100000',
  EVENT_BUDGET_MS: '5000',
  LEASE_SECONDS: '60',
}

interface InProcessOptions extends Backing {
  environment: Backing['environment'] & { KAFKA_BROKERS: string }
  /** The clock of the gateway and the processor, in epoch milliseconds. */
  now: () => number
  /** The clock of the S3, which rejects URLs signed with a different clock. */
  storeNow: () => number
  onStop: (stop: Stop) => void
}

export type InProcessSystem = Awaited<ReturnType<typeof startInProcess>>

/**
 * Starts the gateway and the processor in this process, over real sockets. A test then controls their clock and can inspect the
 * stores.
 */
export async function startInProcess(options: InProcessOptions) {
  const environment = { ...patientSettings, ...options.environment }
  const config = readGatewayConfig(environment)
  const key = await ensureLocalKey(environment, { requestsPerMinute: config.RATE_LIMIT_PER_MINUTE })
  const clients = await connect(environment)
  options.onStop(clients.close)
  const urls = await startGateway({ ...environment, ...options.logins?.gateway }, clients, options)
  await startProcessor({ ...environment, ...options.logins?.processor }, clients, options)

  async function listKeys(Bucket: string): Promise<string[]> {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key = '' }) => Key)
  }

  return {
    ...urls,
    key,
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    kafka: clients.kafka,
    s3: clients.s3,
    listRaw: () => listKeys(config.RAW_BUCKET),
    listProcessed: () => listKeys(config.PROCESSED_BUCKET),
    countRecords: async () =>
      (await clients.dynamoDb.send(new ScanCommand({ TableName: config.CATALOG_TABLE }))).Count,
  }
}

interface Clients {
  s3: S3Client
  dynamoDb: DynamoDBClient
  kafka: KafkaClient
}

async function connect(environment: InProcessOptions['environment']) {
  const config = readGatewayConfig(environment)
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  }
  const s3 = new S3Client({ ...s3ClientOptions(config), credentials })
  const dynamoDb = new DynamoDBClient({
    ...dynamoDbClientOptions(config),
    credentials,
    // An embedded DynamoDB in this process answers late when the process is busy.
    requestHandler: { requestTimeout: 30_000 },
  })
  const kafka = await connectKafka(config, { clientId: 'test', logger })

  async function close(): Promise<void> {
    s3.destroy()
    dynamoDb.destroy()
  }
  return { s3, dynamoDb, kafka, close }
}

async function startGateway(
  environment: InProcessOptions['environment'],
  clients: Clients,
  { logins, now, storeNow, onStop }: InProcessOptions,
) {
  // The process shares the CPU with tests, so their load must not cause load shedding.
  const config = { ...readGatewayConfig(environment), MAX_EVENT_LOOP_DELAY_MS: 60_000 }
  const gateway = await composeGateway(config, {
    ...clients,
    ...(logins && { kafka: await connectKafka(config, { clientId: 'test-gateway', logger }) }),
    logger,
    now,
    presignNow: storeNow,
  })
  onStop(gateway.close)
  return {
    gateway: await gateway.app.listen(anyPort),
    metrics: `${await gateway.admin.listen(anyPort)}/metrics`,
  }
}

async function startProcessor(
  environment: InProcessOptions['environment'],
  clients: Clients,
  { logins, processorPort: port = 0, notifyTo = () => {}, now, onStop }: InProcessOptions,
): Promise<void> {
  const config = readProcessorConfig(environment)
  const kafka = logins ? await connectKafka(config, { clientId: 'test-processor', logger }) : clients.kafka
  const { processor, close } = await composeProcessor(config, { ...clients, kafka, logger, now })
  const webhookServer = createS3WebhookServer({ processor, rawBucket: config.RAW_BUCKET, logger })
  notifyTo(`${await webhookServer.listen({ ...anyPort, port })}/s3-events`)
  const consumer = startUploadConsumer(kafka, {
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    groupId: config.KAFKA_GROUP_ID,
    concurrency: config.IMAGES_IN_FLIGHT,
    batchSize: config.KAFKA_BATCH_SIZE,
    processor,
    logger,
  })
  onStop(async () => {
    await Promise.all([webhookServer.close(), consumer.close()])
    await close()
  })
}
