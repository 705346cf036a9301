import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { dynamoDbClientOptions, s3ClientOptions } from '../../core/aws-client-options.ts'
import { createCatalogTable } from '../../core/create-catalog-table.ts'
import { claimDirectory } from './claim-directory.ts'
import { readLocalSettings, writeLocalSettings } from './local-settings.ts'
import { startLocalS3 } from './s3/start-local-s3.ts'
import { startLocalDynamoDb } from './start-local-dynamodb.ts'
import { startLocalKafka } from './start-local-kafka.ts'
import { supervise } from './supervise.ts'

interface SystemOptions {
  /** Where everything is kept: objects, tables, logs, the development key. */
  dataDirectory: string
  /** Of the gateway. 0 picks a free one. */
  port: number
  /** Settings for the gateway and the processor, over the ones of a laptop. */
  settings?: Record<string, string>
  onRestart?: (name: string) => void
}

export type LocalSystem = Awaited<ReturnType<typeof startSystem>>

const rawBucket = 'hashgate-raw'
const processedBucket = 'hashgate-processed'
const table = 'hashgate-images'
const region = 'us-east-1'

const gatewayProgram = new URL('../../gateway/server.ts', import.meta.url)
const processorProgram = new URL('../../processor/worker.ts', import.meta.url)

/**
 * Starts the whole system on this machine: the embedded stores in this process, Kafka, gateway and processor in their
 * own. The gateway and the processor are the ones of production; only their settings differ.
 * @throws Error with a sentence for people when a part cannot start; what had been started is stopped again
 */
export async function startSystem({
  dataDirectory,
  port,
  settings = {},
  onRestart = () => {},
}: SystemOptions) {
  const stops: (() => Promise<unknown>)[] = []
  /** In the reverse order of the start: who uses a part stops before it. */
  async function close(): Promise<void> {
    for (const stop of stops.reverse()) await stop()
    stops.length = 0
  }

  try {
    return { ...(await startParts()), close }
  } catch (error) {
    await close()
    throw error
  }

  async function startParts() {
    await mkdir(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 })
    stops.push(await claimDirectory(dataDirectory))
    const key =
      (await readLocalSettings(dataDirectory))?.key ?? `hg_dev_${randomBytes(24).toString('base64url')}`
    const credentials = {
      accessKeyId: `local${randomBytes(8).toString('hex')}`,
      secretAccessKey: randomBytes(24).toString('base64url'),
    }

    const [s3, dynamoDb, kafka] = await allStarted([
      startLocalS3({
        directory: join(dataDirectory, 's3'),
        region,
        notify: { buckets: [rawBucket] },
        ...credentials,
      }).then(closedLater),
      startLocalDynamoDb(join(dataDirectory, 'dynamodb')).then(closedLater),
      startLocalKafka().then(closedLater),
    ])
    const environment = {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      S3_ENDPOINT: s3.url,
      RAW_BUCKET: rawBucket,
      PROCESSED_BUCKET: processedBucket,
      DYNAMODB_ENDPOINT: dynamoDb.endpoint,
      CATALOG_TABLE: table,
      KAFKA_BROKERS: kafka.brokers,
      API_KEY: key,
      HOST: '127.0.0.1',
    }
    await createStores(environment, credentials)

    let gatewayPort = port
    let gatewayUrl = ''
    const [gateway, processor] = await allStarted([
      supervise({
        name: 'gateway',
        program: gatewayProgram,
        environment: () => ({ ...environment, ...settings, PORT: String(gatewayPort) }),
        logFile: join(dataDirectory, 'logs', 'gateway.log'),
        onReady: (url) => {
          gatewayUrl = url
          gatewayPort = Number(new URL(url).port)
        },
        onRestart,
      }).then(stoppedLater),
      supervise({
        name: 'processor',
        program: processorProgram,
        // glibc keeps freed memory for each thread, and libvips frees much: half the memory without.
        environment: () => ({ ...environment, MALLOC_ARENA_MAX: '1', ...settings, PORT: '0' }),
        logFile: join(dataDirectory, 'logs', 'processor.log'),
        onReady: (url) => s3.notifyTo(`${url}/s3-events`),
        onRestart,
      }).then(stoppedLater),
    ])
    await writeLocalSettings(dataDirectory, { gateway: gatewayUrl, key })
    return { gatewayUrl, key, gateway, processor, environment }
  }

  function closedLater<T extends { close: () => Promise<unknown> }>(part: T): T {
    stops.push(part.close)
    return part
  }

  function stoppedLater<T extends { stop: () => Promise<unknown> }>(part: T): T {
    stops.push(part.stop)
    return part
  }
}

/** Waits for every part, also when one fails, so that none starts behind the back of the clean-up. */
async function allStarted<T extends unknown[]>(parts: [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
  await Promise.allSettled(parts)
  return Promise.all(parts) as Promise<T>
}

type Endpoints = { AWS_REGION: string; S3_ENDPOINT: string; DYNAMODB_ENDPOINT: string }
type Credentials = { accessKeyId: string; secretAccessKey: string }

async function createStores(endpoints: Endpoints, credentials: Credentials): Promise<void> {
  const s3 = new S3Client({ ...s3ClientOptions(endpoints), credentials })
  const dynamoDb = new DynamoDBClient({ ...dynamoDbClientOptions(endpoints), credentials })
  await Promise.all([
    s3.send(new CreateBucketCommand({ Bucket: rawBucket })),
    s3.send(new CreateBucketCommand({ Bucket: processedBucket })),
    createCatalogTable(dynamoDb, table),
  ])
  s3.destroy()
  dynamoDb.destroy()
}
