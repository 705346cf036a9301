import { setTimeout as sleep } from 'node:timers/promises'
import type { Limit } from '../limit-concurrency.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { KafkaMessage } from './kafka-message.ts'

/**
 * Does the work that some events of one partition ask for, in any order.
 * @param signal aborted when the partition is somebody else's, or the process ends: begin nothing more
 * @returns the events that must come again; a throw means all of them
 */
export type HandleBatch = (events: KafkaMessage[], signal: AbortSignal) => Promise<KafkaMessage[]>

interface BatchWorkOptions {
  /** What was fetched of one partition, in order; at least one. */
  events: KafkaMessage[]
  batchSize: number
  handleBatch: HandleBatch
  /** Holds a place only while something is handled, not while a failure waits for its next try. */
  limit: Limit
  /** @param offset the next one to be read by whoever comes after us */
  commit: (offset: string) => Promise<void>
  logger: Logger
}

export type BatchRunner = ReturnType<typeof startBatchRunner>

const firstRetryMs = 200
const maxRetryMs = 5_000
/** A process that ends does not wait for ever for a Kafka that is away. */
const lastCommitTries = 3

/**
 * Works through what was fetched of one partition, a batch at a time. What failed is tried again alone, after a while that
 * grows; the offset moves up to the first event that is not done.
 */
export function startBatchRunner({
  events,
  batchSize,
  handleBatch,
  limit,
  commit,
  logger,
}: BatchWorkOptions) {
  const ending = new AbortController()
  let isAbandoned = false
  let committed = events[0]?.offset
  const done = workThroughAll()

  /** True when nothing is left. */
  async function workThroughAll(): Promise<boolean> {
    for (let from = 0; from < events.length; from += batchSize) {
      if (!(await workThrough(events.slice(from, from + batchSize)))) return false
    }
    return true
  }

  async function workThrough(batch: KafkaMessage[]): Promise<boolean> {
    const end = nextOffset(batch)
    for (let pending = batch, retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, maxRetryMs)) {
      pending = await tryBatch(pending)
      await commitUpTo(pending[0]?.offset ?? end)
      if (pending.length === 0) return true
      if (ending.signal.aborted) return false
      logger.warn({ ...placeOf(pending), count: pending.length, retryMs }, 'events will come again')
      await pause(retryMs)
    }
  }

  async function tryBatch(batch: KafkaMessage[]): Promise<KafkaMessage[]> {
    return limit(async () => {
      if (ending.signal.aborted) return batch
      try {
        const failed = new Set(await handleBatch(batch, ending.signal))
        return batch.filter((event) => failed.has(event))
      } catch (error) {
        logger.warn({ ...placeOf(batch), err: error }, 'a batch failed')
        return batch
      }
    })
  }

  /** While the group meets, Kafka takes no offsets: afterwards the partition is still ours, or the work is abandoned. */
  async function commitUpTo(offset: string): Promise<void> {
    for (let tries = 1; offset !== committed && !isAbandoned; tries++) {
      try {
        await commit(offset)
        committed = offset
      } catch (error) {
        logger.warn({ ...placeOf(events), offset, err: error }, 'an offset could not be committed')
        if (ending.signal.aborted && tries >= lastCommitTries) return
        await sleep(firstRetryMs)
      }
    }
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => {})

  /** Lets what is at hand come to its end, and its offset be committed; begins nothing more. */
  function finish(): void {
    ending.abort()
  }

  /** For a partition that is no longer ours: begins nothing more, commits nothing more. */
  function abandon(): void {
    isAbandoned = true
    ending.abort()
  }

  return { done, finish, abandon }
}

function nextOffset(batch: KafkaMessage[]): string {
  return String(BigInt(batch.at(-1)?.offset ?? 0) + 1n)
}

function placeOf([event]: KafkaMessage[]) {
  return { operation: 'consume', topic: event?.topic, partition: event?.partition, offset: event?.offset }
}
