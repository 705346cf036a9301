import type { Consumer, EachBatchPayload } from 'kafkajs'
import { isUnknownTopic } from './is-unknown-topic.ts'
import type { KafkaClient } from './kafka-client.ts'
import { type KafkaMessage, toKafkaMessage } from './kafka-message.ts'
import { readCommittedOffsets } from './read-committed-offsets.ts'

interface ReadOptions {
  /** Full name, prefix included. */
  topic: string
  groupId: string
  /** Reads as this group, but starts where `groupId` stopped. By default `groupId`. */
  readerGroupId?: string
  /** Starts where the group stopped; otherwise at the beginning of the topic. */
  fromCommitted: boolean
  /** Commits the group's position. */
  commits: boolean
  /** The position moves on once this has resolved. */
  onMessages: (messages: KafkaMessage[]) => Promise<void>
}

/** The offsets to read of one partition: `from` inclusive, `to` exclusive. */
interface Range {
  partition: number
  from: bigint
  to: bigint
}

const idleTimeoutMs = 30_000
/** The shortest that brokers accept, so that a killed reader does not block the next one for long. */
const sessionTimeout = 6_000
const retry = { restartOnFailure: async () => false }

/**
 * Reads the messages that are on a topic now, and returns. Later messages are left for the next call.
 * @throws Error when the topic does not exist, when `onMessages` throws, or when no message arrives for 30 seconds
 */
export async function readToEnd(kafka: KafkaClient, options: ReadOptions): Promise<void> {
  const { topic, groupId, readerGroupId = groupId, commits, onMessages } = options
  const ranges = await findRanges(kafka, options)
  if (ranges.length === 0) return
  const open = new Map(ranges.map((range) => [range.partition, range]))
  const end = watchEnd()
  const consumer = kafka.consumer({ groupId: readerGroupId, maxWaitTimeInMs: 250, sessionTimeout, retry })
  consumer.on(consumer.events.CRASH, ({ payload }) => end.fail(payload.error))
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => readBatch(consumer, payload).catch(end.fail),
    })
    for (const { partition, from } of ranges) consumer.seek({ topic, partition, offset: String(from) })
    await end.promise
  } finally {
    end.clear()
    await consumer.disconnect()
  }

  async function readBatch(
    consumer: Consumer,
    { batch, isStale, resolveOffset, heartbeat }: EachBatchPayload,
  ): Promise<void> {
    const range = open.get(batch.partition)
    if (!range || isStale()) return
    const messages = batch.messages.filter(
      ({ offset }) => BigInt(offset) >= range.from && BigInt(offset) < range.to,
    )
    await onMessages(messages.map((message) => toKafkaMessage(batch, message)))
    const next = smaller(BigInt(batch.lastOffset()) + 1n, range.to)
    if (commits) await consumer.commitOffsets([{ topic, partition: batch.partition, offset: String(next) }])
    resolveOffset(batch.lastOffset())
    end.noteProgress()
    if (next >= range.to) open.delete(batch.partition)
    if (open.size === 0) end.succeed()
    await heartbeat()
  }
}

const smaller = (a: bigint, b: bigint) => (a < b ? a : b)

async function findRanges(
  kafka: KafkaClient,
  { topic, groupId, fromCommitted }: ReadOptions,
): Promise<Range[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const partitions = await admin.fetchTopicOffsets(topic)
    const committed = fromCommitted
      ? await readCommittedOffsets(admin, groupId, topic)
      : new Map<number, bigint>()
    return partitions
      .map(({ partition, low, high }) => {
        const position = committed.get(partition) ?? -1n
        return { partition, from: position > BigInt(low) ? position : BigInt(low), to: BigInt(high) }
      })
      .filter(({ from, to }) => from < to)
  } catch (error) {
    if (!isUnknownTopic(error)) throw error
    throw new Error(`The topic ${topic} does not exist. Check its name and KAFKA_TOPIC_PREFIX.`)
  } finally {
    await admin.disconnect()
  }
}

/** A promise that fails when `noteProgress` is not called for 30 seconds. */
function watchEnd() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => {})
  const fail = () =>
    reject(
      new Error(
        `Kafka delivered nothing for ${idleTimeoutMs / 1_000} s. Check that the brokers are up and that no other reader uses this group.`,
      ),
    )
  let timer = setTimeout(fail, idleTimeoutMs)

  function noteProgress(): void {
    clearTimeout(timer)
    timer = setTimeout(fail, idleTimeoutMs)
  }

  return { promise, succeed: resolve, fail: reject, noteProgress, clear: () => clearTimeout(timer) }
}
