import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import closeWithGrace from 'close-with-grace'
import { dynamoDbClientOptions, s3ClientOptions } from '../core/aws/aws-client-options.ts'
import { readOrExit } from '../core/config/read-config.ts'
import { createDeadLetters } from '../core/events/dead-letters.ts'
import { createEventBus } from '../core/events/event-bus.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { readProcessorConfig } from './config.ts'
import { createDeps } from './create-deps.ts'
import { createFindTraceparent } from './pipeline/trace-image.ts'
import { createHandler } from './triggers/create-handler.ts'
import { createReconcile } from './triggers/reconcile.ts'
import { createS3WebhookServer } from './triggers/s3-webhook-server.ts'
import { startKafkaTrigger } from './triggers/start-kafka-trigger.ts'
import { startReconciler } from './triggers/start-reconciler.ts'

/** The processor as a long-running process, for people not on Lambda: S3 notifications by HTTP, and a Kafka consumer. */
const config = await readOrExit(readProcessorConfig)
const logger = createLogger('processor', config.LOG_LEVEL)
const tracing = await startTracing({
  service: 'hashgate-processor',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const brokers = config.KAFKA_BROKERS
const topicPrefix = config.KAFKA_TOPIC_PREFIX
const imagesInFlight = config.IMAGES_IN_FLIGHT

const kafka = await readOrExit(() =>
  connectKafka(config, {
    clientId: 'hashgate-processor',
    logger,
  }),
)
const publishing = { topicPrefix, budgetMs: config.PUBLISH_TIMEOUT_SECONDS * 1_000 }
const eventBus = createEventBus(kafka, publishing)
const deadLetters = createDeadLetters(kafka, publishing)
const s3 = new S3Client(s3ClientOptions(config))
const dynamoDb = new DynamoDBClient(dynamoDbClientOptions(config))
const deps = createDeps({ s3, dynamoDb, eventBus }, config)
const handle = createHandler({
  deps,
  deadLetters,
  reconcile: createReconcile(deps),
  rawBucket: config.RAW_BUCKET,
  imagesInFlight,
  maxTries: config.DEAD_LETTER_AFTER_TRIES,
  ...(tracing.isOn && { findTraceparent: createFindTraceparent(deps.rawBucket) }),
  logger,
})

const receiver = createS3WebhookServer({ handle, logger })
const kafkaTrigger = startKafkaTrigger(kafka, {
  brokers,
  topicPrefix,
  groupId: config.KAFKA_GROUP_ID,
  concurrency: imagesInFlight,
  batchSize: config.KAFKA_BATCH_SIZE,
  handle,
  logger,
})
const intervalSeconds = config.RECONCILE_INTERVAL_SECONDS
const reconciler = startReconciler({ intervalSeconds, handle, logger })

/** What is at hand gets this long. What is then unfinished comes again, when its lease is over. */
const graceMs = 2_500

closeWithGrace({ delay: graceMs + 1_000, logger }, async ({ err }) => {
  if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
  const closed = Promise.all([receiver.close(), kafkaTrigger.close(), reconciler.close()]).then(() =>
    Promise.all([eventBus.close(), deadLetters.close(), tracing.close()]),
  )
  // Kafka keeps a member that is just joining its group until the group has met; nothing is lost by not waiting.
  await Promise.race([closed, sleep(graceMs)])
})

const url = await receiver.listen({ host: config.HOST, port: config.PORT })
logger.info({ operation: 'listen' }, `processor ready, S3 notifications at ${url}/s3-events`)
process.send?.({ ready: true, url })
