import { LeaseLost } from '../../core/errors.ts'
import type { DeadLetters } from '../../core/events/dead-letters.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import { isRetryable } from '../pipeline/classify-error.ts'
import type { Observer } from '../pipeline/observer.ts'
import type { CallContext, ProcessOnce } from '../pipeline/process-once.ts'
import { createAttemptCounter } from './attempt-counter.ts'
import {
  type KafkaAnswer,
  type KafkaEvent,
  type KafkaEventRecord,
  type KafkaItem,
  type PoisonReason,
  readKafkaEvent,
} from './read-kafka-event.ts'

interface KafkaHandlerOptions {
  processOnce: ProcessOnce
  deadLetters: Pick<DeadLetters, 'publish'>
  /** Tries in one process after which an unexpected error ends in the dead letters. */
  maxTries: number
  observer?: Pick<Observer, 'recordPutAside'>
  logger: Logger
}

const poisonMessages: Record<PoisonReason, string> = {
  not_an_upload_completed_event: 'the value is not an image.upload.completed event',
  no_raw_key: 'the event names no raw key',
}

/** Makes the function that tries every record of a Kafka event, and answers which must come again. */
export function createHandleKafkaEvent({
  processOnce,
  deadLetters,
  maxTries,
  observer,
  logger,
}: KafkaHandlerOptions) {
  const tries = createAttemptCounter()

  return async function handleKafkaEvent(event: KafkaEvent, context: CallContext): Promise<KafkaAnswer> {
    const items = readKafkaEvent(event)
    const ends = await Promise.allSettled(items.map((item) => handleItem(item, context)))
    const failed = items.filter((_, index) => ends[index]?.status === 'rejected')
    return { batchItemFailures: failed.map(({ identifier }) => ({ itemIdentifier: identifier })) }
  }

  /** @throws when the record must come again */
  async function handleItem(item: KafkaItem, context: CallContext): Promise<void> {
    if ('poison' in item) return putAside(item, item.poison, poisonMessages[item.poison])
    try {
      await processOnce(item.image, { ...context, traceparent: item.traceparent })
    } catch (error) {
      await endFailure(item, error, context)
    }
    tries.forget(item.id)
  }

  async function endFailure(item: KafkaItem, error: unknown, { signal }: CallContext): Promise<void> {
    // Whoever holds the lease finishes the image; if that worker dies, S3's next try or the reconciler takes it over.
    if (error instanceof LeaseLost) return
    if (signal?.aborted || isRetryable(error)) throw error
    if (tries.add(item.id) < maxTries) throw error
    await putAside(item, 'unexpected_error', String(error))
  }

  async function putAside({ id, record }: KafkaItem, reason: string, message: string): Promise<void> {
    try {
      await deadLetters.publish({ ...readRaw(record), reason, message })
      logger.error({ operation: 'dead-letter', item: id, code: reason }, message)
      observer?.recordPutAside(reason)
    } catch (error) {
      logger.warn({ operation: 'dead-letter', item: id, code: reason, err: error }, 'not put aside')
      throw error
    }
  }
}

function readRaw({ topic, partition, offset, timestamp, key, value, headers = [] }: KafkaEventRecord) {
  const named = headers.flatMap((header) => Object.entries(header))
  return {
    topic,
    partition: Number(partition),
    offset: String(offset),
    timestamp: describeMoment(timestamp),
    key: readBase64(key),
    value: readBase64(value),
    headers: named.map(([name, bytes]) => ({ name, value: Buffer.from(bytes) })),
  }
}

/** A producer may have written any number, and brokers before 4.0 take it. */
function describeMoment(timestamp: number): string {
  const moment = new Date(timestamp)
  return Number.isNaN(moment.getTime()) ? String(timestamp) : moment.toISOString()
}

const readBase64 = (text: string | null | undefined) =>
  typeof text === 'string' ? Buffer.from(text, 'base64') : null
