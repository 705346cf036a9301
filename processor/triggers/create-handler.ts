import type { S3Event } from 'aws-lambda'
import type { DeadLetters } from '../../core/events/dead-letters.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { Observer } from '../pipeline/observer.ts'
import { type CallContext, createProcessOnce, isOver } from '../pipeline/process-once.ts'
import type { ProcessorDeps } from '../pipeline/stages.ts'
import type { FindTraceparent } from '../pipeline/trace-image.ts'
import { createHandleKafkaEvent } from './handle-kafka-event.ts'
import { createHandleS3Event } from './handle-s3-event.ts'
import type { KafkaAnswer, KafkaEvent } from './read-kafka-event.ts'
import { isS3Event, type S3TestEvent } from './read-s3-event.ts'
import { isScheduleEvent, type ScheduleEvent } from './read-schedule-event.ts'
import type { Reconcile } from './reconcile.ts'

export type TriggerEvent = S3Event | S3TestEvent | KafkaEvent | ScheduleEvent

export interface HandlerOptions {
  deps: ProcessorDeps
  deadLetters: Pick<DeadLetters, 'publish'>
  reconcile: Reconcile
  /** Events of other buckets are none of ours. */
  rawBucket: string
  /** Images worked on at the same time, over all calls. */
  imagesInFlight: number
  /** Tries of a Kafka record in one process after which an unexpected error ends in the dead letters. */
  maxTries: number
  /** For events that bring no trace; absent when nothing is traced. */
  findTraceparent?: FindTraceparent
  observer?: Observer
  logger: Logger
}

export type Handle = ReturnType<typeof createHandler>

/**
 * The function behind every trigger. It tries all images of an event; an image that two events speak of at the same time is
 * worked on once, and both get its end. What was done is not done twice when the event comes again.
 *
 * - an S3 notification: resolves when nothing is left to do, throws AggregateError when it must come again;
 * - a Kafka event: resolves with the records that must come again;
 * - a schedule's event: runs the reconciler, and throws what it throws.
 *
 * @throws Error for any other event
 */
export function createHandler({ reconcile, ...options }: HandlerOptions) {
  const processOnce = createProcessOnce(options)
  const handleKafkaEvent = createHandleKafkaEvent({ ...options, processOnce })
  const handleS3Event = createHandleS3Event({ ...options, processOnce })

  function handle(event: KafkaEvent, context?: CallContext): Promise<KafkaAnswer>
  function handle(event: TriggerEvent, context?: CallContext): Promise<KafkaAnswer | undefined>
  async function handle(event: TriggerEvent, context: CallContext = {}): Promise<KafkaAnswer | undefined> {
    if ('records' in event) return handleKafkaEvent(event, context)
    if (isS3Event(event)) await handleS3Event(event, context)
    else if (isScheduleEvent(event)) {
      await reconcile(
        (image) => processOnce(image, context),
        () => isOver(context),
      )
    } else throw new Error('the event is of no source that is known')
  }
  return handle
}
