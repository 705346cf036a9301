import { type Kafka, Partitioners } from 'kafkajs'
import { type DeadLetterFacts, writeDeadLetterHeaders } from './dead-letter-headers.ts'
import { DependencyUnavailable } from './errors.ts'
import { topics } from './events.ts'
import type { EventHeader } from './received-event.ts'

/** A message that nobody can handle, as it was, and why. */
export interface DeadLetter extends Omit<DeadLetterFacts, 'failedAt'> {
  key: Buffer | null
  value: Buffer | null
  headers: EventHeader[]
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
    await producer.send({ topic: topicPrefix + topics.deadLetter, acks: -1, messages: [message] })
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
