import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import type { Range } from './find-ranges.ts'

interface ReadOptions {
  topic: string
  ranges: Range[]
  groupId: string
  /** Whether the group remembers what was read. */
  commits: boolean
  /** The group's position moves on when it has resolved. */
  onMessages: (messages: KafkaMessage[]) => Promise<void>
}

const patienceMs = 30_000
/** The shortest that brokers take: a replay that was killed must not hold up the next one. */
const sessionTimeout = 6_000
const retry = { restartOnFailure: async () => false }

/**
 * Reads what lies in the ranges, and ends.
 * @throws Error when `onMessages` does, or when nothing comes for long
 */
export async function readRanges(kafka: Kafka, options: ReadOptions): Promise<void> {
  const { topic, ranges, groupId } = options
  if (ranges.length === 0) return
  const open = new Map(ranges.map((range) => [range.partition, range]))
  const end = watchEnd()
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, sessionTimeout, retry })
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
    end.forget()
    await consumer.disconnect()
  }

  async function readBatch(
    consumer: Consumer,
    { batch, isStale, resolveOffset, heartbeat }: EachBatchPayload,
  ) {
    const range = open.get(batch.partition)
    if (!range || isStale()) return
    const isWithin = ({ offset }: KafkaMessage) => BigInt(offset) >= range.from && BigInt(offset) < range.to
    await options.onMessages(batch.messages.filter(isWithin))
    const next = smaller(BigInt(batch.lastOffset()) + 1n, range.to)
    if (options.commits)
      await consumer.commitOffsets([{ topic, partition: batch.partition, offset: String(next) }])
    resolveOffset(batch.lastOffset())
    end.noteProgress()
    if (next >= range.to) open.delete(batch.partition)
    if (open.size === 0) end.succeed()
    await heartbeat()
  }
}

const smaller = (a: bigint, b: bigint) => (a < b ? a : b)

/** Fails when nobody notes any progress for long. */
function watchEnd() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => {})
  const tooLong = () =>
    reject(
      new Error(`Kafka gave nothing for ${patienceMs / 1_000} s. Is it away, or does another replay run?`),
    )
  let timer = setTimeout(tooLong, patienceMs)

  function noteProgress(): void {
    clearTimeout(timer)
    timer = setTimeout(tooLong, patienceMs)
  }

  return { promise, succeed: resolve, fail: reject, noteProgress, forget: () => clearTimeout(timer) }
}
