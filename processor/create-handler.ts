import type { S3Event } from 'aws-lambda'
import { LeaseUnavailable, Problem } from '../core/errors.ts'
import { limitConcurrency } from '../core/limit-concurrency.ts'
import type { Logger } from '../core/logger.ts'
import { type ImageRef, rawKey } from '../core/object-key.ts'
import { processImage } from './process-image.ts'
import { type KafkaEvent, readKafkaEvent } from './read-kafka-event.ts'
import { readS3Event, type S3TestEvent } from './read-s3-event.ts'
import type { TriggerItem } from './trigger-item.ts'
import type { Done, ProcessorDeps } from './work.ts'

export type TriggerEvent = S3Event | S3TestEvent | KafkaEvent

export interface HandlerOptions {
  deps: ProcessorDeps
  /** Images worked on at the same time, over all calls. */
  imagesInFlight: number
  logger: Logger
}

/**
 * The function behind every trigger. It tries all images of an event; an image that two events speak of at the same
 * time is worked on once, and both get its end.
 *
 * The returned function resolves when nothing of the event is left to do, and throws AggregateError when a part of it
 * must come again; what was done by then is not done twice.
 */
export function createHandler({ deps, imagesInFlight, logger }: HandlerOptions) {
  const limit = limitConcurrency(imagesInFlight)
  const underWay = new Map<string, Promise<Done>>()

  return async function handle(event: TriggerEvent, context?: { awsRequestId: string }): Promise<void> {
    const ends = await Promise.allSettled(readItems(event).map((item) => handleItem(item, context)))
    const failures = ends.filter((end) => end.status === 'rejected').map((end) => end.reason)
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} images must come again`)
  }

  async function handleItem(item: TriggerItem, context?: { awsRequestId: string }): Promise<void> {
    if ('skipped' in item) {
      logger.warn({ operation: 'trigger', item: item.id, requestId: context?.awsRequestId }, item.skipped)
      return
    }
    await processOnce(item.image, context?.awsRequestId)
  }

  function processOnce(image: ImageRef, requestId?: string): Promise<Done> {
    const key = rawKey(image)
    const shared =
      underWay.get(key) ?? limit(() => processAndLog(image, requestId)).finally(() => underWay.delete(key))
    underWay.set(key, shared)
    return shared
  }

  async function processAndLog(image: ImageRef, requestId?: string): Promise<Done> {
    const startedAt = performance.now()
    const facts = () => ({
      operation: 'process-image',
      tenant: image.tenant,
      imageId: image.imageId,
      requestId,
      durationMs: Math.round(performance.now() - startedAt),
    })
    try {
      const done = await processImage(image, deps)
      logger.info({ ...facts(), code: done.reason }, done.outcome)
      return done
    } catch (error) {
      const level = isExpected(error) ? 'warn' : 'error'
      logger[level]({ ...facts(), code: codeOf(error), err: error }, 'must come again')
      throw error
    }
  }
}

function readItems(event: TriggerEvent): TriggerItem[] {
  return 'eventSource' in event ? readKafkaEvent(event) : readS3Event(event)
}

function isExpected(error: unknown): boolean {
  return error instanceof LeaseUnavailable || error instanceof Problem
}

function codeOf(error: unknown): string {
  if (error instanceof LeaseUnavailable) return 'LEASE_UNAVAILABLE'
  return error instanceof Problem ? error.code : 'INTERNAL_ERROR'
}
