import { randomUUID } from 'node:crypto'
import { CompressionTypes, type Kafka, type KafkaMessage } from 'kafkajs'
import {
  type DeadLetterFacts,
  joinHeaders,
  readDeadLetterHeaders,
  withoutDeadLetterHeaders,
} from '../../core/events/dead-letter-headers.ts'
import { readHeaders } from '../../core/kafka/kafka-message.ts'
import { rememberPartitions, sendBatch } from '../../core/kafka/send-batch.ts'
import { findRanges } from './find-ranges.ts'
import { readRanges } from './read-ranges.ts'

export interface ReplayOptions {
  /** Of the dead letters, with its prefix. */
  topic: string
  /** Epoch milliseconds: every letter from then on. Without: what came since the last replay. */
  sinceMs?: number
  /** Looks, and moves nothing. */
  dryRun: boolean
  onLetter: (letter: FoundLetter) => void
}

/** `facts`: undefined when nothing says where the message came from; such a one is left where it is. */
export interface FoundLetter {
  key: string
  facts: DeadLetterFacts | undefined
}

/** Says of a message that it has been a dead letter, and when it was sent again. */
export const replayedHeader = 'replayed-at'

/** Sends dead letters that are there now to the topics that they came from, as they were when they came. */
export async function replayDeadLetters(kafka: Kafka, options: ReplayOptions): Promise<void> {
  const { topic, sinceMs, dryRun, onLetter } = options
  const groupId = `hashgate-replay-${topic}`
  const ranges = await findRanges(kafka, topic, sinceMs === undefined ? groupId : undefined)
  const redriver = createRedriver(kafka)

  async function onMessages(messages: KafkaMessage[]): Promise<void> {
    const meant = messages.filter(({ timestamp }) => Number(timestamp) >= (sinceMs ?? 0))
    const letters = meant.map((message) => ({
      message,
      facts: readDeadLetterHeaders(readHeaders(message.headers)),
    }))
    if (!dryRun) await redriver.redrive(letters)
    for (const { message, facts } of letters) onLetter({ key: String(message.key ?? ''), facts })
  }

  try {
    await readRanges(kafka, {
      topic,
      ranges,
      groupId: dryRun ? `${groupId}-dry-run-${randomUUID()}` : groupId,
      commits: !dryRun,
      onMessages,
    })
  } finally {
    await redriver.close()
  }
}

interface Letter {
  message: KafkaMessage
  facts: DeadLetterFacts | undefined
}

function createRedriver(kafka: Kafka) {
  const producer = kafka.producer({
    allowAutoTopicCreation: true,
    createPartitioner: rememberPartitions,
  })
  let connected: Promise<void> | undefined

  /** Resolves when all in-sync replicas have them. */
  async function redrive(letters: Letter[]): Promise<void> {
    const byTopic = Map.groupBy(
      letters.filter(({ facts }) => facts),
      ({ facts }) => facts?.topic ?? '',
    )
    if (byTopic.size === 0) return
    connected ??= producer.connect()
    await connected
    const topicMessages = Array.from(byTopic, ([topic, letters]) => ({
      topic,
      messages: letters.map(({ message }) => asItWas(message)),
    }))
    await sendBatch(producer, { acks: -1, compression: CompressionTypes.GZIP, topicMessages })
  }

  async function close(): Promise<void> {
    if (connected) await producer.disconnect()
  }

  return { redrive, close }
}

function asItWas({ key, value, headers }: KafkaMessage) {
  const own = withoutDeadLetterHeaders(readHeaders(headers)).filter(({ name }) => name !== replayedHeader)
  const replayed = { name: replayedHeader, value: Buffer.from(new Date().toISOString()) }
  return { key, value, headers: joinHeaders([...own, replayed]) }
}
