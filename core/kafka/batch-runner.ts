import { setTimeout as sleep } from 'node:timers/promises'
import type { Limit } from '../limit-concurrency.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { KafkaMessage } from './kafka-message.ts'

/**
 * Handles messages of one partition, in any order.
 * @param signal aborted when the partition is reassigned or the process shuts down; then handle no further messages
 * @returns the messages to retry; after a throw all are retried
 */
export type HandleBatch = (messages: KafkaMessage[], signal: AbortSignal) => Promise<KafkaMessage[]>

interface BatchRunnerOptions {
  /** The messages fetched from one partition, in order; at least one. */
  messages: KafkaMessage[]
  batchSize: number
  handleBatch: HandleBatch
  /** Limits concurrent calls of `handleBatch`. A batch that waits for its next attempt does not count. */
  limit: Limit
  /** @param offset the next offset to read */
  commit: (offset: string) => Promise<void>
  logger: Logger
}

export type BatchRunner = ReturnType<typeof startBatchRunner>

const firstRetryMs = 200
const maxRetryMs = 5_000
/** Bounds the shutdown when Kafka is unreachable. */
const maxCommitAttemptsAtShutdown = 3

/**
 * Handles the messages fetched from one partition, one batch at a time. Only the failed messages of a batch are retried, with
 * exponential backoff. The offset is committed up to the first unhandled message.
 */
export function startBatchRunner({
  messages,
  batchSize,
  handleBatch,
  limit,
  commit,
  logger,
}: BatchRunnerOptions) {
  const stopping = new AbortController()
  let isAbandoned = false
  let committed = messages[0]?.offset
  const done = runAll()

  /** Resolves with whether all messages were handled. */
  async function runAll(): Promise<boolean> {
    for (let from = 0; from < messages.length; from += batchSize) {
      if (!(await runBatch(messages.slice(from, from + batchSize)))) return false
    }
    return true
  }

  async function runBatch(batch: KafkaMessage[]): Promise<boolean> {
    const end = nextOffset(batch)
    for (let pending = batch, retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, maxRetryMs)) {
      pending = await tryBatch(pending)
      await commitUpTo(pending[0]?.offset ?? end)
      if (pending.length === 0) return true
      if (stopping.signal.aborted) return false
      logger.warn(
        { ...logFields(pending), count: pending.length, retryMs },
        'Kafka messages failed; will retry',
      )
      await pause(retryMs)
    }
  }

  async function tryBatch(batch: KafkaMessage[]): Promise<KafkaMessage[]> {
    return limit(async () => {
      if (stopping.signal.aborted) return batch
      try {
        const failed = new Set(await handleBatch(batch, stopping.signal))
        return batch.filter((message) => failed.has(message))
      } catch (error) {
        logger.warn({ ...logFields(batch), err: error }, 'Kafka batch failed')
        return batch
      }
    })
  }

  /** Retries, because Kafka accepts no offsets during a rebalance. If the partition is then reassigned, `abandon` ends the retries. */
  async function commitUpTo(offset: string): Promise<void> {
    for (let attempt = 1; offset !== committed && !isAbandoned; attempt++) {
      try {
        await commit(offset)
        committed = offset
      } catch (error) {
        logger.warn({ ...logFields(messages), offset, err: error }, 'Kafka offset commit failed; will retry')
        if (stopping.signal.aborted && attempt >= maxCommitAttemptsAtShutdown) return
        await sleep(firstRetryMs)
      }
    }
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => {})

  /** Lets the current batch finish and commits its offset, but starts no further batch. */
  function finish(): void {
    stopping.abort()
  }

  /** Stops without committing, because the partition was reassigned. */
  function abandon(): void {
    isAbandoned = true
    stopping.abort()
  }

  return { done, finish, abandon }
}

function nextOffset(batch: KafkaMessage[]): string {
  return String(BigInt(batch.at(-1)?.offset ?? 0) + 1n)
}

function logFields([message]: KafkaMessage[]) {
  return {
    operation: 'consume',
    topic: message?.topic,
    partition: message?.partition,
    offset: message?.offset,
  }
}
