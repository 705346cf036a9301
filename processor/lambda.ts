import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import type { Context } from 'aws-lambda'
import { dynamoDbClientOptions, s3ClientOptions } from '../core/aws/aws-client-options.ts'
import { createDeadLetters } from '../core/events/dead-letters.ts'
import { createEventBus } from '../core/events/event-bus.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { readProcessorConfig } from './config.ts'
import { createDeps } from './create-deps.ts'
import type { CallTime } from './pipeline/deadline.ts'
import { createLambdaMetrics } from './pipeline/publish-metrics.ts'
import { createFindTraceparent } from './pipeline/trace-image.ts'
import { createHandler, type TriggerEvent } from './triggers/create-handler.ts'
import type { KafkaAnswer } from './triggers/read-kafka-event.ts'
import { createReconcile } from './triggers/reconcile.ts'
import { takeCallTime } from './triggers/take-call-time.ts'
import { throwFailures } from './triggers/throw-failures.ts'

const config = readProcessorConfig()
const logger = createLogger('processor', config.LOG_LEVEL)
const tracing = await startTracing({
  service: 'hashgate-processor',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const metrics = createLambdaMetrics(config.METRICS_NAMESPACE)
const kafka = await connectKafka(config, {
  clientId: 'hashgate-processor',
  logger,
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
  observer: metrics.observer,
  logger,
})

/** One write to the catalog: three tries of 1.5 s each (`aws-client-options.ts`), and the pauses between them. */
const writeMs = 5_000
/** At the end of the time a verdict may just be written down, or an event wait for Kafka; then the image is given back. */
const reserveMs = Math.max(publishing.budgetMs, writeMs) + writeMs

let isChecked = false

/** A function's timeout is not known before its first call. */
function checkOnce({ startedAtMs, endsAtMs }: Required<CallTime>): void {
  const { imageTimeoutMs } = deps.limits
  if (!isChecked && endsAtMs - startedAtMs < imageTimeoutMs) {
    const seconds = Math.ceil((imageTimeoutMs + reserveMs) / 1_000)
    logger.warn({ operation: 'start' }, `the timeout of the function should be ${seconds} s or more`)
  }
  isChecked = true
}

type LambdaContext = Pick<Context, 'awsRequestId' | 'functionName' | 'getRemainingTimeInMillis'>

/**
 * Entry point on AWS Lambda, for S3 notifications, self-managed Kafka events and schedules. A throw makes Lambda deliver
 * the whole event again. What cannot be finished within the function's time is given back before it is over.
 */
export async function handler(event: TriggerEvent, context: LambdaContext): Promise<KafkaAnswer | undefined> {
  metrics.noteStart(context.functionName)
  const callTime = takeCallTime(context.getRemainingTimeInMillis(), reserveMs)
  checkOnce(callTime)
  try {
    const answer = await handle(event, { awsRequestId: context.awsRequestId, ...callTime })
    if (config.REPORT_BATCH_ITEM_FAILURES) return answer
    throwFailures(answer)
  } finally {
    metrics.publish()
    // Lambda freezes the process as soon as it has the answer.
    await tracing.flush()
  }
}
