import type { Context, EventBridgeEvent, S3Event, SNSEvent, SQSEvent } from 'aws-lambda'
import { createLogger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { composeProcessor } from './compose-processor.ts'
import { readProcessorConfig } from './config.ts'
import type { CallTime } from './pipeline/deadline.ts'
import type { CallContext } from './pipeline/process-once.ts'
import { createLambdaMetrics } from './pipeline/publish-metrics.ts'
import {
  type KafkaBatchResponse,
  type KafkaEvent,
  readKafkaEvent,
  toBatchResponse,
} from './triggers/read-kafka-event.ts'
import { isS3Event, readS3Event } from './triggers/read-s3-event.ts'
import { isScheduleEvent, type ScheduleEvent } from './triggers/read-schedule-event.ts'

/** An S3 event can come through SNS, SQS or EventBridge. */
export type TriggerEvent =
  | S3Event
  | SNSEvent
  | SQSEvent
  | EventBridgeEvent<string, unknown>
  | KafkaEvent
  | ScheduleEvent

type LambdaContext = Pick<Context, 'awsRequestId' | 'functionName' | 'getRemainingTimeInMillis'>

const config = readProcessorConfig()
const logger = createLogger('processor', config.LOG_LEVEL)
const tracing = await startTracing({
  service: 'hashgate-processor',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const metrics = createLambdaMetrics(config.METRICS_NAMESPACE)
const { processor, deps } = await composeProcessor(config, {
  logger,
  observer: metrics.observer,
  traceUploads: tracing.isOn,
})

/** One catalog write with its retries: three attempts of 1.5 s each (`aws-client-options.ts`) and the pauses between them. */
const writeMs = 5_000
/** Kept free at the end of a call: for recording a result or publishing an event, and then for releasing the image. */
const reserveMs = Math.max(config.PUBLISH_TIMEOUT_SECONDS * 1_000, writeMs) + writeMs

/**
 * The AWS Lambda handler for S3 notifications (also through SNS, SQS or EventBridge), self-managed Kafka events and schedules. When it
 * throws, Lambda delivers the whole event again. Images that cannot be finished before the function times out are released before that.
 */
export async function handler(
  event: TriggerEvent,
  context: LambdaContext,
): Promise<KafkaBatchResponse | undefined> {
  metrics.noteStart(context.functionName)
  const callTime = planCallTime(context.getRemainingTimeInMillis())
  warnOfShortTimeout(callTime)
  try {
    return await dispatch(event, { awsRequestId: context.awsRequestId, ...callTime })
  } finally {
    metrics.publish()
    // Lambda freezes the process as soon as the handler returns.
    await tracing.flush()
  }
}

/** @throws Error for an event of an unknown source */
async function dispatch(event: TriggerEvent, call: CallContext): Promise<KafkaBatchResponse | undefined> {
  if ('records' in event) return handleKafkaEvent(event, call)
  if (isS3Event(event)) await handleS3Event(event, call)
  else if (isScheduleEvent(event)) await processor.reconcile(call)
  else throw new Error('The event is neither an S3 event nor a Kafka event nor a schedule.')
}

/** @throws Error after the images of the readable parts are processed, so that Lambda treats the event as failed */
async function handleS3Event(event: TriggerEvent, call: CallContext): Promise<void> {
  const { objects, unreadable } = readS3Event(event, config.RAW_BUCKET)
  await processor.handleObjectsCreated(objects, call)
  if (unreadable > 0) throw new Error(`${unreadable} parts of the event are not S3 events`)
}

/** An event source that ignores batch responses redelivers only when the handler throws, and then the whole batch. */
async function handleKafkaEvent(
  event: KafkaEvent,
  call: CallContext,
): Promise<KafkaBatchResponse | undefined> {
  const failed = await processor.handleUploadsCompleted(readKafkaEvent(event), call)
  if (config.REPORT_BATCH_ITEM_FAILURES) return toBatchResponse(failed)
  if (failed.length > 0) throw new Error(`${failed.length} Kafka records failed and will be redelivered`)
}

/** The time of this call, less the reserve. A function with a very short timeout still spends most of it on images. */
function planCallTime(remainingMs: number): Required<CallTime> {
  const nowMs = deps.now()
  return { startedAtMs: nowMs, endsAtMs: nowMs + remainingMs - Math.min(reserveMs, remainingMs / 4) }
}

let isTimeoutChecked = false

/** The timeout of a function is not known before its first call. */
function warnOfShortTimeout({ startedAtMs, endsAtMs }: Required<CallTime>): void {
  const { imageTimeoutMs } = deps.limits
  if (!isTimeoutChecked && endsAtMs - startedAtMs < imageTimeoutMs) {
    const seconds = Math.ceil((imageTimeoutMs + reserveMs) / 1_000)
    logger.warn({ operation: 'start' }, `set the timeout of the function to ${seconds} s or more`)
  }
  isTimeoutChecked = true
}
