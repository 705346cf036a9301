import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { allStarted, type Backing, type Stop } from './backing.ts'
import { createLocalTopics } from './create-local-topics.ts'
import { createStores } from './create-stores.ts'
import { startLocalS3 } from './s3/start-local-s3.ts'
import { startLocalDynamoDb } from './start-local-dynamodb.ts'
import { startLocalKafka } from './start-local-kafka.ts'

const names = {
  AWS_REGION: 'us-east-1',
  RAW_BUCKET: 'hashgate-raw',
  PROCESSED_BUCKET: 'hashgate-processed',
  CATALOG_TABLE: 'hashgate-images',
  KEYS_TABLE: 'hashgate-keys',
  WEBHOOKS_TABLE: 'hashgate-webhooks',
}

/** Starts the embedded S3 and DynamoDB in this process and the embedded Kafka in another. */
export async function startStandIns(dataDirectory: string, onStop: (stop: Stop) => void): Promise<Backing> {
  const credentials = {
    accessKeyId: `local${randomBytes(8).toString('hex')}`,
    secretAccessKey: randomBytes(24).toString('base64url'),
  }
  const started = <T extends { close: Stop }>(part: T) => {
    onStop(part.close)
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
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_ENDPOINT: s3.url,
    DYNAMODB_ENDPOINT: dynamoDb.endpoint,
    KAFKA_BROKERS: kafka.brokers,
  }
  await Promise.all([createStores(settings), createLocalTopics(kafka.brokers)])
  return { environment: settings, notifyTo: s3.notifyTo }
}
