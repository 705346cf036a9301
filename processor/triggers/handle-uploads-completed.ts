import { LRUCache } from 'lru-cache'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { LeaseLost } from '../../core/errors.ts'
import { type DeadLetters, unreadableBatch } from '../../core/events/dead-letters.ts'
import { topics } from '../../core/events/image-events.ts'
import { type ImageRef, parseRawKey } from '../../core/images/object-key.ts'
import { type KafkaMessage, partitionKey } from '../../core/kafka/kafka-message.ts'
import { parseJson } from '../../core/parse-json.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import { isRetryable } from '../pipeline/classify-error.ts'
import type { Observer } from '../pipeline/observer.ts'
import type { CallContext, ProcessOnce } from '../pipeline/process-once.ts'

interface HandlerOptions {
  processOnce: ProcessOnce
  deadLetters: Pick<DeadLetters, 'publish'>
  /** Attempts in this process after which a message that fails unexpectedly becomes a dead letter. */
  maxAttempts: number
  observer?: Pick<Observer, 'deadLetterPublished'>
  logger: Logger
}

const uploadCompleted = Compile(
  Type.Object({
    type: Type.Literal(`hashgate.${topics.uploadCompleted}.v1`),
    traceparent: Type.Optional(Type.String()),
    data: Type.Object({ objectKey: Type.String() }),
  }),
)

type UploadCompleted = Static<ReturnType<typeof uploadCompleted.Type>>

const poisonMessages = {
  not_an_upload_completed_event: 'the value is not an image.upload.completed event',
  no_raw_key: 'the event names no raw key',
}

/** Bounds the attempt counts: a partition that moves to another worker leaves its counts behind. */
const maxCounted = 10_000

/** Returns the function that processes the image of every message; see `Processor.handleUploadsCompleted`. */
export function createHandleUploadsCompleted({
  processOnce,
  deadLetters,
  maxAttempts,
  observer,
  logger,
}: HandlerOptions) {
  const attempts = new LRUCache<string, number>({ max: maxCounted })

  return async function handleUploadsCompleted(
    messages: KafkaMessage[],
    context: CallContext = {},
  ): Promise<KafkaMessage[]> {
    const results = await Promise.allSettled(messages.map((message) => handleMessage(message, context)))
    return messages.filter((_, index) => results[index]?.status === 'rejected')
  }

  /** @throws when the message must be delivered again */
  async function handleMessage(message: KafkaMessage, context: CallContext): Promise<void> {
    if (message.unreadable) return publishDeadLetter(message, unreadableBatch, message.unreadable)
    const request = readMessage(message)
    if (typeof request === 'string') return publishDeadLetter(message, request, poisonMessages[request])
    try {
      await processOnce(request.image, { ...context, traceparent: request.traceparent })
    } catch (error) {
      await handleFailure(message, error, context)
    }
    attempts.delete(idOf(message))
  }

  async function handleFailure(
    message: KafkaMessage,
    error: unknown,
    { signal }: CallContext,
  ): Promise<void> {
    // The worker that holds the lease finishes the image. If that worker dies, S3's next delivery or the reconciler takes over.
    if (error instanceof LeaseLost) return
    if (signal?.aborted || isRetryable(error)) throw error
    const attempt = (attempts.get(idOf(message)) ?? 0) + 1
    attempts.set(idOf(message), attempt)
    if (attempt < maxAttempts) throw error
    await publishDeadLetter(message, 'unexpected_error', String(error))
  }

  async function publishDeadLetter(message: KafkaMessage, reason: string, text: string): Promise<void> {
    const facts = { operation: 'dead-letter', item: idOf(message), code: reason }
    try {
      await deadLetters.publish({
        ...message,
        timestamp: formatTimestamp(message.timestamp),
        reason,
        message: text,
      })
      logger.error(facts, text)
      observer?.deadLetterPublished(reason)
    } catch (error) {
      logger.warn({ ...facts, err: error }, 'dead-letter publish failed; will retry')
      throw error
    }
  }
}

const idOf = (message: KafkaMessage): string => `${partitionKey(message)}-${message.offset}`

/** The image that a message names, or why it can never be processed. */
function readMessage({
  value,
}: KafkaMessage): { image: ImageRef; traceparent?: string } | keyof typeof poisonMessages {
  const event = parseEvent(value)
  if (!event) return 'not_an_upload_completed_event'
  const image = parseRawKey(event.data.objectKey)
  return image ? { image, traceparent: event.traceparent } : 'no_raw_key'
}

function parseEvent(value: Buffer | null): UploadCompleted | undefined {
  try {
    return uploadCompleted.Parse(parseJson(String(value)))
  } catch {
    return undefined
  }
}

/** RFC 3339, or the number itself: a producer can send any timestamp, and brokers before 4.0 accept it. */
function formatTimestamp(epochMs: number): string {
  const time = new Date(epochMs)
  return Number.isNaN(time.getTime()) ? String(epochMs) : time.toISOString()
}
