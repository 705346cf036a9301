import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs'
import type { Limit } from '../limit-concurrency.ts'
import { type BatchRunner, startBatchRunner } from './batch-runner.ts'
import type { EventConsumerOptions } from './event-consumer.ts'
import { toKafkaMessage } from './kafka-message.ts'

interface PartitionAtWork {
  topic: string
  partition: number
  work: BatchRunner
  /** Lets kafkajs fetch the partition again. */
  resume: () => void
}

/** The longest that a partition waits to be fetched after its work is done, and that an idle consumer takes to stop. */
const maxWaitTimeInMs = 250

/**
 * One membership of the group, from joining to leaving. Resolves when `closing` is aborted and all is left in order.
 *
 * A partition is paused while its events are worked on: so no partition waits for another, and kafkajs goes on fetching and
 * sending heartbeats, however long an image takes.
 * @throws Error when Kafka does not answer any more
 */
export async function consumeUntilCrash(
  kafka: Pick<Kafka, 'consumer'>,
  { groupId, topics, topicPrefix, batchSize = 100, handleBatch, logger }: EventConsumerOptions,
  { closing, limit }: { closing: AbortSignal; limit: Limit },
): Promise<void> {
  const atWork = new Map<string, PartitionAtWork>()
  const unfinished = new Set<Promise<boolean>>()
  let memberId: string | undefined

  // kafkajs would start a crashed consumer again by itself, also after it has been told to disconnect.
  const retry = { restartOnFailure: async () => false }
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs, allowAutoTopicCreation: true, retry })
  const ended = watchEnd(consumer, closing)
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => giveUpLost(payload))

  try {
    await consumer.connect()
    await consumer.subscribe({ topics: topics.map((topic) => topicPrefix + topic), fromBeginning: true })
    const running = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch })
    await Promise.all([ended.promise, running])
    for (const { work } of atWork.values()) work.finish()
    await Promise.all(unfinished)
  } finally {
    ended.forget()
    for (const { work } of atWork.values()) work.abandon()
    await consumer.disconnect()
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const resume = payload.pause()
    if (closing.aborted) return
    const { topic, partition } = payload.batch
    const work = startBatchRunner({
      events: payload.batch.messages.map((message) =>
        toKafkaMessage({ topic, partition }, message, topicPrefix),
      ),
      batchSize,
      handleBatch,
      limit,
      commit: (offset) => commit(payload, offset),
      logger,
    })
    atWork.set(placeOf({ topic, partition }), { topic, partition, work, resume })
    unfinished.add(work.done)
    work.done.then((isDone) => {
      unfinished.delete(work.done)
      if (isDone) release(payload, work)
    })
  }

  async function commit({ batch, isRunning, commitOffsetsIfNecessary }: EachBatchPayload, offset: string) {
    if (!isRunning()) throw new Error('the consumer has ended')
    const { topic, partition } = batch
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] })
  }

  function release({ batch, resolveOffset }: EachBatchPayload, work: BatchRunner): void {
    const place = placeOf(batch)
    const found = atWork.get(place)
    if (found?.work !== work) return
    atWork.delete(place)
    resolveOffset(batch.lastOffset())
    found.resume()
  }

  /** Somebody else may have gone on with our partitions while we were not known to the group, so a new name owns none. */
  function giveUpLost({ memberId: now, memberAssignment }: ConsumerGroupJoinEvent['payload']): void {
    const isSame = memberId === now
    memberId = now
    for (const [place, { topic, partition, work, resume }] of atWork) {
      if (isSame && memberAssignment[topic]?.includes(partition)) continue
      atWork.delete(place)
      work.abandon()
      resume()
    }
  }
}

/** Rejects on a crash, resolves when `closing` is aborted. */
function watchEnd(consumer: Consumer, closing: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onAbort = () => resolve()
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  closing.addEventListener('abort', onAbort)
  if (closing.aborted) resolve()
  promise.catch(() => {})
  return { promise, forget: () => closing.removeEventListener('abort', onAbort) }
}

const placeOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}-${partition}`
