import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import type { Topic } from '../events/image-events.ts'
import { limitConcurrency } from '../limit-concurrency.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { HandleBatch } from './batch-runner.ts'
import { consumeUntilCrash } from './consume-until-crash.ts'

export interface EventConsumerOptions {
  groupId: string
  topics: Topic[]
  topicPrefix: string
  /** Partitions of which a batch is handled at the same time. */
  concurrency: number
  /** Events that are handed over together, at most. 100 by default. */
  batchSize?: number
  /** An offset moves on when its event, and all before it, have not come back. What comes back is handed over again alone. */
  handleBatch: HandleBatch
  logger: Logger
}

const reconnectMs = 2_000

/**
 * Reads topics as one member of a consumer group, until it is closed. An offset is committed only after the effect; a
 * partition that the group gives to somebody else is left alone at once. Returns at once: while Kafka is away it keeps
 * trying.
 */
export function startEventConsumer(kafka: Pick<Kafka, 'consumer'>, options: EventConsumerOptions) {
  const closing = new AbortController()
  const limit = limitConcurrency(options.concurrency)
  const consuming = consumeUntilClosed()

  async function consumeUntilClosed(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await consumeUntilCrash(kafka, options, { closing: closing.signal, limit })
      } catch (error) {
        if (closing.signal.aborted) return
        options.logger.warn({ operation: 'consume', reconnectMs, err: error }, 'Kafka does not answer')
        await sleep(reconnectMs, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  /** Finishes what is at hand, if it can be done now, commits its offsets and leaves the group. */
  async function close(): Promise<void> {
    closing.abort()
    await consuming
  }

  return { close }
}
