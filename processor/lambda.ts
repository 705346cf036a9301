import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  dynamoDbClientOptions,
  s3ClientOptions,
  secretsManagerClientOptions,
} from '../core/aws-client-options.ts'
import { connectKafka } from '../core/connect-kafka.ts'
import { createEventBus } from '../core/event-bus.ts'
import { createLogger } from '../core/logger.ts'
import { readProcessorConfig } from './config.ts'
import { createDeps } from './create-deps.ts'
import { createHandler } from './create-handler.ts'

const config = readProcessorConfig()
const logger = createLogger('processor', config.LOG_LEVEL)
const kafka = await connectKafka(config, {
  clientId: 'hashgate-processor',
  logger,
  secretsManager: new SecretsManagerClient(secretsManagerClientOptions(config)),
})
const clients = {
  s3: new S3Client(s3ClientOptions(config)),
  dynamoDb: new DynamoDBClient(dynamoDbClientOptions(config)),
  eventBus: createEventBus(kafka, {
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    budgetMs: config.PUBLISH_TIMEOUT_SECONDS * 1_000,
  }),
}

/**
 * Entry point on AWS Lambda, for S3 notifications and self-managed Kafka events. A throw makes Lambda deliver the
 * whole event again.
 */
export const handler = createHandler({
  deps: createDeps(clients, config),
  imagesInFlight: config.IMAGES_IN_FLIGHT,
  logger,
})
