import { CompressionTypes, type Kafka, type Message, Partitioners } from 'kafkajs'
import { DependencyUnavailable } from '../errors.ts'
import type { MessageHeader } from '../kafka/kafka-message.ts'
import { type DeadLetterFacts, writeDeadLetterHeaders } from './dead-letter-headers.ts'
import { topics } from './image-events.ts'

/** A message that nobody can handle, as it was, and why. */
export interface DeadLetter extends Omit<DeadLetterFacts, 'failedAt'> {
  key: Buffer | null
  value: Buffer | null
  headers: MessageHeader[]
}

interface DeadLettersOptions {
  topicPrefix: string
  /** Longest time that `publish` takes before it gives up. */
  budgetMs: number
}

export type DeadLetters = ReturnType<typeof createDeadLetters>

/** Puts messages aside on a topic of their own, where `npm run replay` finds them. Connects when there is a first one. */
export function createDeadLetters(
  kafka: Pick<Kafka, 'producer'>,
  { topicPrefix, budgetMs }: DeadLettersOptions,
) {
  const producer = kafka.producer({
    allowAutoTopicCreation: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  let connected: Promise<void> | undefined

  /**
   * Resolves when all in-sync replicas have it.
   * @throws DependencyUnavailable (a retry can help) after `budgetMs`. The letter may still arrive later.
   */
  async function publish(letter: DeadLetter): Promise<void> {
    const { promise: timeIsOver, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`no acknowledgement within ${budgetMs} ms`)), budgetMs)
    try {
      await Promise.race([send(letter), timeIsOver])
    } catch (error) {
      throw new DependencyUnavailable('events', error)
    } finally {
      clearTimeout(timer)
    }
  }

  async function send({ key, value, headers, ...facts }: DeadLetter): Promise<void> {
    await connect()
    const failedAt = new Date().toISOString()
    const message = { key, value, headers: writeDeadLetterHeaders(headers, { ...facts, failedAt }) }
    await write(message).catch((error) => {
      if (error.type !== 'MESSAGE_TOO_LARGE') throw error
      // Its headers tell where the whole of it lies.
      return write({ ...message, value: null })
    })
  }

  /** Compressed, as the original may have been: with its new headers it must still fit. */
  async function write(message: Message): Promise<void> {
    const topic = topicPrefix + topics.deadLetter
    await producer.send({ topic, acks: -1, compression: CompressionTypes.GZIP, messages: [message] })
  }

  function connect(): Promise<void> {
    connected ??= producer.connect().catch((error) => {
      connected = undefined
      throw error
    })
    return connected
  }

  async function close(): Promise<void> {
    if (connected) await producer.disconnect()
  }

  return { publish, close }
}
