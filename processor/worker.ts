/** The processor as a long-running process: S3 notifications over HTTP, a Kafka consumer, a reconciler, and webhooks if they are on. */
import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { readOrExit } from '../core/config/read-config.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { composeProcessor } from './compose-processor.ts'
import { readProcessorConfig } from './config.ts'
import { createS3WebhookServer } from './triggers/s3-webhook-server.ts'
import { startReconciler } from './triggers/start-reconciler.ts'
import { startUploadConsumer } from './triggers/start-upload-consumer.ts'
import { startWebhooks } from './webhooks/start-webhooks.ts'

/** Images in progress get this long at shutdown. Unfinished ones are processed again once their lease expires. */
const graceMs = 2_500

const config = await readOrExit(readProcessorConfig)
const logger = createLogger('processor', config.LOG_LEVEL)
const tracing = await startTracing({
  service: 'hashgate-processor',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const { processor, watched, kafka, close } = await readOrExit(() =>
  composeProcessor(config, { logger, traceUploads: tracing.isOn }),
)
const webhookServer = createS3WebhookServer({
  processor,
  rawBucket: config.RAW_BUCKET,
  dependencies: watched,
  logger,
})
const consumer = startUploadConsumer(kafka, {
  topicPrefix: config.KAFKA_TOPIC_PREFIX,
  groupId: config.KAFKA_GROUP_ID,
  concurrency: config.IMAGES_IN_FLIGHT,
  batchSize: config.KAFKA_BATCH_SIZE,
  processor,
  logger,
})
const reconciler = startReconciler({ intervalSeconds: config.RECONCILE_INTERVAL_SECONDS, processor, logger })
const webhooks = config.WEBHOOKS_TABLE ? startWebhooks(config, { kafka, logger }) : undefined

closeWithGrace({ delay: graceMs + 1_000, logger }, async ({ err }) => {
  if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
  const triggers = [webhookServer, consumer, reconciler, webhooks]
  const closed = Promise.all(triggers.map((trigger) => trigger?.close())).then(() =>
    Promise.all([close(), tracing.close()]),
  )
  // Leaving the consumer group can take until its rebalance ends. Nothing is lost by not waiting for it.
  await Promise.race([closed, sleep(graceMs)])
})

const url = await webhookServer.listen({ host: config.HOST, port: config.PORT })
logger.info({ operation: 'listen' }, `processor ready, S3 notifications at ${url}/s3-events`)
process.send?.({ ready: true, url })
