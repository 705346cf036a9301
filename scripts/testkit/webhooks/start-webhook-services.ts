import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { pino } from 'pino'
import { createDocumentClient } from '../../../core/aws/document-client.ts'
import { createEventBus } from '../../../core/events/event-bus.ts'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import { createWebhookTable, openWebhookStore } from '../../../core/webhooks/webhook-store.ts'
import { startLocalDynamoDb } from '../../local/start-local-dynamodb.ts'
import { startLocalKafka } from '../../local/start-local-kafka.ts'

const region = 'us-east-1'
const credentials = { accessKeyId: 'test', secretAccessKey: 'test-secret' }
const tableName = 'webhooks'

/** Starts the embedded DynamoDB and Kafka. Returns a gateway's store and event bus, and a webhook worker's environment variables. */
export async function startWebhookServices(t: { teardown(close: () => unknown): unknown }) {
  const [dynamoServer, kafkaServer] = await Promise.all([startLocalDynamoDb(), startLocalKafka()])
  const dynamoDb = new DynamoDBClient({ region, endpoint: dynamoServer.endpoint, credentials })
  await createWebhookTable(dynamoDb, tableName)
  const documents = createDocumentClient(dynamoDb)
  const logger = pino({ level: 'silent' })
  const kafka = createKafka({ brokers: kafkaServer.brokers, clientId: 'test', logger })
  const eventBus = createEventBus(kafka, { topicPrefix: '', budgetMs: 60_000 })
  t.teardown(async () => {
    await eventBus.close()
    await documents.close()
    dynamoDb.destroy()
    await Promise.all([dynamoServer.close(), kafkaServer.close()])
  })
  const environment = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RAW_BUCKET: 'raw',
    PROCESSED_BUCKET: 'processed',
    CATALOG_TABLE: 'images',
    DYNAMODB_ENDPOINT: dynamoServer.endpoint,
    KAFKA_BROKERS: kafkaServer.brokers,
    WEBHOOKS_TABLE: tableName,
    WEBHOOK_ALLOW_NETWORKS: '127.0.0.0/8',
  }
  return { ...openWebhookStore(documents, tableName), eventBus, environment }
}
