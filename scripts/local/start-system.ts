import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { claimDirectory } from './claim-directory.ts'
import { createStores } from './create-stores.ts'
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

type Stop = () => Promise<unknown>

const names = {
  AWS_REGION: 'us-east-1',
  RAW_BUCKET: 'hashgate-raw',
  PROCESSED_BUCKET: 'hashgate-processed',
  CATALOG_TABLE: 'hashgate-images',
}

const gatewayProgram = new URL('../../gateway/server.ts', import.meta.url)
const processorProgram = new URL('../../processor/worker.ts', import.meta.url)

/**
 * Starts the whole system on this machine: the embedded stores in this process, Kafka, gateway and processor in their
 * own. The gateway and the processor are the ones of production; only their settings differ.
 * @throws Error with a sentence for people when a part cannot start; what had been started is stopped again
 */
export async function startSystem(options: SystemOptions) {
  const stops: Stop[] = []
  /** In the reverse order of the start: who uses a part stops before it. */
  async function close(): Promise<void> {
    for (const stop of stops.splice(0).reverse()) await stop()
  }

  try {
    return { ...(await startParts(options, stops)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startParts(options: SystemOptions, stops: Stop[]) {
  const { dataDirectory } = options
  await mkdir(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 })
  stops.push(await claimDirectory(dataDirectory))
  const key =
    (await readLocalSettings(dataDirectory))?.key ?? `hg_dev_${randomBytes(24).toString('base64url')}`

  const { s3, environment } = await startStandIns(dataDirectory, stops)
  const services = await startServices(options, { ...environment, API_KEY: key }, s3.notifyTo, stops)
  const gatewayUrl = services.gatewayUrl()
  await writeLocalSettings(dataDirectory, { gateway: gatewayUrl, key })
  return { key, gatewayUrl, gateway: services.gateway, processor: services.processor }
}

/** What AWS and a Kafka cluster are elsewhere, and the settings with which the services find it. */
async function startStandIns(dataDirectory: string, stops: Stop[]) {
  const credentials = {
    accessKeyId: `local${randomBytes(8).toString('hex')}`,
    secretAccessKey: randomBytes(24).toString('base64url'),
  }
  const started = <T extends { close: Stop }>(part: T) => {
    stops.push(part.close)
    return part
  }
  const s3Options = { directory: join(dataDirectory, 's3'), notify: { buckets: [names.RAW_BUCKET] } }
  const [s3, dynamoDb, kafka] = await allStarted([
    startLocalS3({ ...s3Options, ...credentials, region: names.AWS_REGION }).then(started),
    startLocalDynamoDb(join(dataDirectory, 'dynamodb')).then(started),
    startLocalKafka().then(started),
  ])
  const settings = {
    ...names,
    S3_ENDPOINT: s3.url,
    DYNAMODB_ENDPOINT: dynamoDb.endpoint,
    KAFKA_BROKERS: kafka.brokers,
    HOST: '127.0.0.1',
  }
  await createStores(settings, credentials)
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = credentials
  return { s3, environment: { ...settings, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } }
}

async function startServices(
  { dataDirectory, port, settings = {}, onRestart = () => {} }: SystemOptions,
  environment: Record<string, string>,
  notifyTo: (url: string) => void,
  stops: Stop[],
) {
  let gatewayUrl = `http://127.0.0.1:${port}`
  const logFile = (name: string) => join(dataDirectory, 'logs', `${name}.log`)
  const started = <T extends { stop: Stop }>(service: T) => {
    stops.push(service.stop)
    return service
  }
  const [gateway, processor] = await allStarted([
    supervise({
      name: 'gateway',
      program: gatewayProgram,
      // Started again, it must be found where it was.
      environment: () => ({ ...environment, ...settings, PORT: new URL(gatewayUrl).port || '80' }),
      logFile: logFile('gateway'),
      onReady: (url) => {
        gatewayUrl = url
      },
      onRestart,
    }).then(started),
    supervise({
      name: 'processor',
      program: processorProgram,
      // glibc keeps freed memory for each thread, and libvips frees much: without, it needs twice as much.
      environment: () => ({ ...environment, MALLOC_ARENA_MAX: '1', ...settings, PORT: '0' }),
      logFile: logFile('processor'),
      onReady: (url) => notifyTo(`${url}/s3-events`),
      onRestart,
    }).then(started),
  ])
  return { gateway, processor, gatewayUrl: () => gatewayUrl }
}

/** Waits for every part, also when one fails, so that none starts behind the back of the clean-up. */
async function allStarted<T extends unknown[]>(parts: [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> {
  await Promise.allSettled(parts)
  return Promise.all(parts) as Promise<T>
}
