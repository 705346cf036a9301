import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs'
import { type Limit, limitConcurrency } from '../limit-concurrency.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type BatchRunner, type HandleBatch, startBatchRunner } from './batch-runner.ts'
import { partitionKey, type TopicPartition, toKafkaMessage } from './kafka-message.ts'

export interface ConsumerOptions extends ConsumingOptions {
  groupId: string
}

export interface ConsumingOptions {
  topics: string[]
  /** How many partitions are handled concurrently. */
  concurrency: number
  /** The most messages per call of `handleBatch`. 100 by default. */
  batchSize?: number
  /** How long the group waits for a member that has died. Kafka's minimum is 6 seconds; 30 by default. */
  sessionTimeoutMs?: number
  /** Returns the messages to retry. Offsets are committed up to the first of them. */
  handleBatch: HandleBatch
  logger: Logger
}

/** Where a consumer starts to read, and where it stores its position. */
export interface Positions {
  groupId: string
  /** The offset at which to start. Undefined: where the group stopped, or the beginning of the partition. */
  find: (place: TopicPartition) => string | undefined
  /** @param offset the next offset to read */
  save: (payload: EachBatchPayload, offset: string) => Promise<void>
  /** Called when the consumer has its partitions: the first time, and after each rebalance. */
  onJoin?: () => void
  /** Called when the consumer stops reading. */
  onLeave?: () => void
  /** Called when the consumer has left the group. */
  close?: () => Promise<void>
}

const reconnectMs = 2_000

/**
 * Consumes topics as a member of a consumer group until it is closed, reconnecting when Kafka fails. Offsets are committed only
 * after the messages are handled. Work on a partition that the group reassigns is abandoned at once.
 */
export function startConsumer(kafka: Pick<Kafka, 'consumer'>, { groupId, ...options }: ConsumerOptions) {
  return consume(kafka, options, async () => ({ groupId, find: () => undefined, save: commit }))
}

/** Consumes topics until it is closed. @param openPositions called for every connection */
export function consume(
  kafka: Pick<Kafka, 'consumer'>,
  options: ConsumingOptions,
  openPositions: () => Promise<Positions>,
) {
  const closing = new AbortController()
  const limit = limitConcurrency(options.concurrency)
  const consuming = consumeUntilClosed()

  async function consumeUntilClosed(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const positions = await openPositions()
        await consumeUntilCrash(kafka, { ...options, positions }, { closing: closing.signal, limit })
      } catch (error) {
        if (closing.signal.aborted) return
        options.logger.warn(
          { operation: 'consume', reconnectMs, err: error },
          'Kafka consumer failed; reconnecting',
        )
        await sleep(reconnectMs, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  /** Finishes the batches in progress where possible, commits their offsets and leaves the group. */
  async function close(): Promise<void> {
    closing.abort()
    await consuming
  }

  return { close }
}

interface ActivePartition {
  topic: string
  partition: number
  work: BatchRunner
  /** Resumes fetching. */
  resume: () => void
}

/** Bounds how long a partition waits for its next fetch, and how long an idle consumer takes to stop. */
const maxWaitTimeInMs = 250

/**
 * Joins the group and consumes until `closing` is aborted, then commits and leaves.
 *
 * A partition is paused while its messages are handled. So partitions do not wait for each other, and kafkajs keeps fetching
 * and sending heartbeats regardless of how long an image takes.
 * @throws Error when the connection to Kafka is lost
 */
async function consumeUntilCrash(
  kafka: Pick<Kafka, 'consumer'>,
  options: ConsumingOptions & { positions: Positions },
  { closing, limit }: { closing: AbortSignal; limit: Limit },
): Promise<void> {
  const { positions, topics, batchSize = 100, sessionTimeoutMs = 30_000, handleBatch, logger } = options
  const active = new Map<string, ActivePartition>()
  const unfinished = new Set<Promise<boolean>>()
  let memberId: string | undefined

  // kafkajs would otherwise restart a crashed consumer, even after `disconnect`.
  const retry = { restartOnFailure: async () => false }
  const consumer = kafka.consumer({
    groupId: positions.groupId,
    maxWaitTimeInMs,
    sessionTimeout: sessionTimeoutMs,
    // At least three heartbeats per session.
    heartbeatInterval: Math.min(sessionTimeoutMs / 4, 3_000),
    allowAutoTopicCreation: true,
    retry,
  })
  const ended = watchEnd(consumer, closing)
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    abandonLost(payload)
    seekAll(payload)
    positions.onJoin?.()
  })

  try {
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    const running = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch })
    await Promise.all([ended.promise, running])
    for (const { work } of active.values()) work.finish()
    await Promise.all(unfinished)
  } finally {
    ended.forget()
    positions.onLeave?.()
    for (const { work } of active.values()) work.abandon()
    await consumer.disconnect()
    await positions.close?.()
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const resume = payload.pause()
    if (closing.aborted) return
    const { topic, partition } = payload.batch
    const work = startBatchRunner({
      messages: payload.batch.messages.map((message) => toKafkaMessage(payload.batch, message)),
      batchSize,
      handleBatch,
      limit,
      commit: (offset) => positions.save(payload, offset),
      logger,
    })
    active.set(partitionKey({ topic, partition }), { topic, partition, work, resume })
    unfinished.add(work.done)
    work.done.then((isDone) => {
      unfinished.delete(work.done)
      if (isDone) release(payload, work)
    })
  }

  function release({ batch, resolveOffset }: EachBatchPayload, work: BatchRunner): void {
    const key = partitionKey(batch)
    const found = active.get(key)
    if (found?.work !== work) return
    active.delete(key)
    resolveOffset(batch.lastOffset())
    found.resume()
  }

  function seekAll({ memberAssignment }: ConsumerGroupJoinEvent['payload']): void {
    for (const [topic, partitions] of Object.entries(memberAssignment)) {
      for (const partition of partitions) {
        const offset = positions.find({ topic, partition })
        if (offset !== undefined) consumer.seek({ topic, partition, offset })
      }
    }
  }

  /** After a rejoin under a new member id, other members may already have handled our partitions, so all work is abandoned. */
  function abandonLost({ memberId: now, memberAssignment }: ConsumerGroupJoinEvent['payload']): void {
    const isSame = memberId === now
    memberId = now
    for (const [key, { topic, partition, work, resume }] of active) {
      if (isSame && memberAssignment[topic]?.includes(partition)) continue
      active.delete(key)
      work.abandon()
      resume()
    }
  }
}

async function commit({ batch, isRunning, commitOffsetsIfNecessary }: EachBatchPayload, offset: string) {
  if (!isRunning()) throw new Error('the consumer has stopped')
  const { topic, partition } = batch
  await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
}

/** Rejects when the consumer crashes, resolves when `closing` is aborted. */
function watchEnd(consumer: Consumer, closing: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = () => resolve()
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  closing.addEventListener('abort', onAbort)
  if (closing.aborted) resolve()
  promise.catch(() => {})
  return { promise, forget: () => closing.removeEventListener('abort', onAbort) }
}
