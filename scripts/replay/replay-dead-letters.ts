import { randomUUID } from 'node:crypto'
import {
  type DeadLetterFacts,
  readDeadLetterHeaders,
  withoutDeadLetterHeaders,
} from '../../core/events/dead-letter-headers.ts'
import { unreadableBatch } from '../../core/events/dead-letters.ts'
import type { KafkaClient } from '../../core/kafka/kafka-client.ts'
import type { KafkaMessage } from '../../core/kafka/kafka-message.ts'
import { type KafkaProducer, type OutgoingMessage, openProducer } from '../../core/kafka/producer.ts'
import { readToEnd } from '../../core/kafka/read-to-end.ts'

export interface ReplayOptions {
  /** The dead-letter topic, prefix included. */
  topic: string
  /** Epoch milliseconds: replays every letter since then. By default those since the last replay. */
  sinceMs?: number
  /** Lists the letters without sending them. */
  dryRun: boolean
  onLetter: (letter: FoundLetter) => void
}

/** `facts` is undefined when the headers lack the origin of the message. Such a message is not replayed. */
export interface FoundLetter {
  key: string
  facts: DeadLetterFacts | undefined
}

/** Whether a letter contains a message and its origin. */
export const canReplay = ({ facts }: Pick<FoundLetter, 'facts'>): boolean =>
  facts !== undefined && facts.reason !== unreadableBatch

/** Header of a replayed message, with the time of the replay. */
export const replayedHeader = 'replayed-at'

/** Sends the current dead letters of the topic back to their original topics, otherwise unchanged. */
export async function replayDeadLetters(kafka: KafkaClient, options: ReplayOptions): Promise<void> {
  const { topic, sinceMs, dryRun, onLetter } = options
  const groupId = `hashgate-replay-${topic}`
  let opening: Promise<KafkaProducer> | undefined

  async function onMessages(messages: KafkaMessage[]): Promise<void> {
    const letters = messages
      .filter(({ timestamp }) => timestamp >= (sinceMs ?? 0))
      .map((message) => ({ message, facts: readDeadLetterHeaders(message.headers) }))
    if (!dryRun) await sendBack(letters)
    for (const { message, facts } of letters) onLetter({ key: String(message.key ?? ''), facts })
  }

  /** Resolves when all in-sync replicas have the messages. */
  async function sendBack(letters: Letter[]): Promise<void> {
    const known = letters.filter(canReplay)
    if (known.length === 0) return
    opening ??= openProducer(kafka)
    const producer = await opening
    const batches = Array.from(
      Map.groupBy(known, ({ facts }) => facts?.topic ?? ''),
      ([topic, letters]) => ({ topic, messages: letters.map(({ message }) => restore(message)) }),
    )
    await producer.send(batches, { compress: true })
  }

  try {
    await readToEnd(kafka, {
      topic,
      groupId,
      // A dry run must not join the group of a real replay.
      ...(dryRun && { readerGroupId: `${groupId}-dry-run-${randomUUID()}` }),
      fromCommitted: sinceMs === undefined,
      commits: !dryRun,
      onMessages,
    })
  } finally {
    await (await opening)?.close()
  }
}

interface Letter {
  message: KafkaMessage
  facts: DeadLetterFacts | undefined
}

function restore({ key, value, headers }: KafkaMessage): OutgoingMessage {
  const own = withoutDeadLetterHeaders(headers).filter(({ name }) => name !== replayedHeader)
  const replayed = { name: replayedHeader, value: Buffer.from(new Date().toISOString()) }
  return { key, value, headers: [...own, replayed] }
}
