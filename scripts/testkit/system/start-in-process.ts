import type { Test } from 'tap'
import { createLocalTopics } from '../../local/create-local-topics.ts'
import { createStores } from '../../local/create-stores.ts'
import { startLocalS3 } from '../../local/s3/start-local-s3.ts'
import * as inProcess from '../../local/start-in-process.ts'
import { startLocalDynamoDb } from '../../local/start-local-dynamodb.ts'
import { startLocalKafka } from '../../local/start-local-kafka.ts'

const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }

const names = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  RAW_BUCKET: 'raw-bucket',
  PROCESSED_BUCKET: 'processed-bucket',
  CATALOG_TABLE: 'images',
  KEYS_TABLE: 'keys',
  WEBHOOKS_TABLE: 'webhooks',
}

/**
 * Starts the whole system in this process with doubles of its services. A test controls all clocks, can read the stores and can stop each
 * of them.
 */
export async function startInProcess(t: Test) {
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const { s3, dynamoDb, kafka, environment } = await startStandIns(t, now)
  const clocks = { now, storeNow: now }
  const onStop = (stop: () => Promise<unknown>) => t.teardown(stop)
  const system = await inProcess.startInProcess({ environment, notifyTo: s3.notifyTo, ...clocks, onStop })

  /** Advances all clocks. */
  function advanceClock(ms: number): void {
    offsetMs += ms
    // The SDK signs its own requests with the machine's clock plus this offset.
    system.s3.config.systemClockOffset = offsetMs
  }

  const ways = { stopKafka: kafka.close, stopDynamoDb: dynamoDb.close, stopS3: s3.close }
  return { ...system, ...ways, environment, advanceClock }
}

async function startStandIns(t: Test, now: () => number) {
  const notify = { buckets: [names.RAW_BUCKET] }
  const [s3, dynamoDb, kafka] = await Promise.all([
    startLocalS3({ directory: t.testdir({}), ...credentials, now, notify }),
    startLocalDynamoDb(),
    startLocalKafka(),
  ])
  t.teardown(() => Promise.all([s3.close(), dynamoDb.close(), kafka.close()]))
  const addresses = {
    S3_ENDPOINT: s3.url,
    DYNAMODB_ENDPOINT: dynamoDb.endpoint,
    KAFKA_BROKERS: kafka.brokers,
  }
  const environment = { ...names, ...addresses }
  await Promise.all([createStores(environment), createLocalTopics(kafka.brokers)])
  return { s3, dynamoDb, kafka, environment }
}
