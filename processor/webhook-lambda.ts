import type { Context } from 'aws-lambda'
import { createLogger } from '../core/telemetry/logger.ts'
import { readProcessorConfig } from './config.ts'
import {
  type KafkaBatchResponse,
  type KafkaEvent,
  readKafkaEvent,
  toBatchResponse,
} from './triggers/read-kafka-event.ts'
import { isScheduleEvent, type ScheduleEvent } from './triggers/read-schedule-event.ts'
import { composeWebhooks } from './webhooks/compose-webhooks.ts'
import { recordMs } from './webhooks/create-webhook-delivery.ts'
import { deliverUntil, finishTries } from './webhooks/deliver-until.ts'
import { createWebhookMetrics } from './webhooks/publish-metrics.ts'

type LambdaContext = Pick<Context, 'functionName' | 'getRemainingTimeInMillis'>

/**
 * A Kafka event waits at most for this long for its first tries, and then for those that run, so that slow receivers hardly delay the
 * next events. A receiver that needs longer gets its events from the schedule, which waits for the whole timeout.
 */
const firstTimeoutMs = 3_000

const config = readProcessorConfig()
const logger = createLogger('webhooks', config.LOG_LEVEL)
const metrics = createWebhookMetrics(config.METRICS_NAMESPACE)
const { delivery } = composeWebhooks(config, { logger, observer: metrics.observer, firstTimeoutMs })

/** Kept free at the end of a call for the tries in progress and their results. */
const reserveMs = config.WEBHOOK_TIMEOUT_SECONDS * 1_000 + recordMs

/**
 * The AWS Lambda handler that delivers webhooks: of self-managed Kafka events with `image.processed` and `image.rejected`, and of a
 * schedule, which delivers what is due. When it throws, Lambda delivers the whole event again.
 */
export async function handler(
  event: KafkaEvent | ScheduleEvent,
  context: LambdaContext,
): Promise<KafkaBatchResponse | undefined> {
  metrics.noteStart(context.functionName)
  const endsAtMs = delivery.now() + context.getRemainingTimeInMillis() - reserveMs
  try {
    if ('records' in event) return await acceptKafkaEvent(event, endsAtMs)
    if (!isScheduleEvent(event)) throw new Error('The event is neither a Kafka event nor a schedule.')
    await deliverUntil(endsAtMs, delivery)
  } finally {
    metrics.publish()
  }
}

/** An event source that ignores batch responses redelivers only when the handler throws, and then the whole batch. */
async function acceptKafkaEvent(
  event: KafkaEvent,
  endsAtMs: number,
): Promise<KafkaBatchResponse | undefined> {
  const failed = await delivery.acceptEvents(readKafkaEvent(event))
  await finishTries(Math.min(endsAtMs, delivery.now() + firstTimeoutMs), delivery)
  if (config.REPORT_BATCH_ITEM_FAILURES) return toBatchResponse(failed)
  if (failed.length > 0) throw new Error(`${failed.length} Kafka records failed and will be redelivered`)
}
