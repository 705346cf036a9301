import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  dynamoDbClientOptions,
  s3ClientOptions,
  secretsManagerClientOptions,
} from '../core/aws-client-options.ts'
import { connectKafka } from '../core/connect-kafka.ts'
import { createDeadLetters } from '../core/dead-letters.ts'
import { createEventBus } from '../core/event-bus.ts'
import { createLogger } from '../core/logger.ts'
import { startTracing } from '../core/start-tracing.ts'
import { readProcessorConfig } from './config.ts'
import { createDeps } from './create-deps.ts'
import { createHandler, type TriggerEvent } from './create-handler.ts'
import type { KafkaAnswer } from './read-kafka-event.ts'
import { createReconcile } from './reconcile.ts'
import { throwFailures } from './throw-failures.ts'
import { createFindTraceparent } from './trace-image.ts'

const config = readProcessorConfig()
const logger = createLogger('processor', config.LOG_LEVEL)
const tracing = await startTracing({
  service: 'hashgate-processor',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const kafka = await connectKafka(config, {
  clientId: 'hashgate-processor',
  logger,
  secretsManager: new SecretsManagerClient(secretsManagerClientOptions(config)),
})
const publishing = {
  topicPrefix: config.KAFKA_TOPIC_PREFIX,
  budgetMs: config.PUBLISH_TIMEOUT_SECONDS * 1_000,
}
const clients = {
  s3: new S3Client(s3ClientOptions(config)),
  dynamoDb: new DynamoDBClient(dynamoDbClientOptions(config)),
  eventBus: createEventBus(kafka, publishing),
}
const deps = createDeps(clients, config)
const handle = createHandler({
  deps,
  deadLetters: createDeadLetters(kafka, publishing),
  reconcile: createReconcile(deps),
  rawBucket: config.RAW_BUCKET,
  imagesInFlight: config.IMAGES_IN_FLIGHT,
  maxTries: config.DEAD_LETTER_AFTER_TRIES,
  ...(tracing.isOn && { findTraceparent: createFindTraceparent(deps.rawBucket) }),
  logger,
})

/**
 * Entry point on AWS Lambda, for S3 notifications, self-managed Kafka events and schedules. A throw makes Lambda deliver
 * the whole event again.
 */
export async function handler(
  event: TriggerEvent,
  { awsRequestId }: { awsRequestId: string },
): Promise<KafkaAnswer | undefined> {
  // Lambda freezes the process as soon as it has the answer.
  const answer = await handle(event, { awsRequestId }).finally(tracing.flush)
  if (config.REPORT_BATCH_ITEM_FAILURES) return answer
  throwFailures(answer)
}
