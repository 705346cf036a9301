import { DependencyUnavailable } from '../errors.ts'
import type { KafkaClient } from '../kafka/kafka-client.ts'
import type { MessageHeader } from '../kafka/kafka-message.ts'
import { type KafkaProducer, type OutgoingMessage, openProducer } from '../kafka/producer.ts'
import { addDeadLetterHeaders, type DeadLetterFacts } from './dead-letter-headers.ts'
import { topics } from './image-events.ts'

/** The reason of a letter that stands for a whole batch and holds none of its messages. They are still on their topic. */
export const unreadableBatch = 'unreadable_batch'

/** A message that cannot be processed, unchanged, with the reason and where it came from. */
export interface DeadLetter extends Omit<DeadLetterFacts, 'failedAt'> {
  key: Buffer | null
  value: Buffer | null
  headers: MessageHeader[]
}

interface DeadLettersOptions {
  topicPrefix: string
  /** How long `publish` waits for the acknowledgement. */
  budgetMs: number
}

export type DeadLetters = ReturnType<typeof createDeadLetters>

/** Publishes messages that cannot be processed to the dead-letter topic, from where `npm run replay` sends them back. */
export function createDeadLetters(
  kafka: Pick<KafkaClient, 'producer'>,
  { topicPrefix, budgetMs }: DeadLettersOptions,
) {
  const topic = topicPrefix + topics.deadLetter
  let opening: Promise<KafkaProducer> | undefined

  /**
   * Resolves when all in-sync replicas have the message.
   * @throws DependencyUnavailable (a retry can help) after `budgetMs`. The message may still arrive later.
   */
  async function publish(letter: DeadLetter): Promise<void> {
    const { promise: timeout, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`no acknowledgement within ${budgetMs} ms`)), budgetMs)
    try {
      await Promise.race([send(letter), timeout])
    } catch (error) {
      throw new DependencyUnavailable('events', error)
    } finally {
      clearTimeout(timer)
    }
  }

  async function send({ key, value, headers, ...facts }: DeadLetter): Promise<void> {
    const failedAt = new Date().toISOString()
    const position = { ...facts, failedAt }
    const message = { key, value, headers: addDeadLetterHeaders(headers, position) }
    // The omitted parts are still on the topic, at the position in the headers.
    await write(message)
      .catch(ifTooLarge(() => write({ ...message, value: null })))
      .catch(ifTooLarge(() => write({ key: null, value: null, headers: addDeadLetterHeaders([], position) })))
  }

  /** Compressed, because the original may have been: with the added headers it must still fit. */
  async function write(message: OutgoingMessage): Promise<void> {
    opening ??= openProducer(kafka)
    try {
      const producer = await opening
      await producer.send([{ topic, messages: [message] }], { compress: true })
    } catch (error) {
      await close()
      throw error
    }
  }

  async function close(): Promise<void> {
    const closing = opening
    opening = undefined
    await closing?.then((producer) => producer.close()).catch(() => {})
  }

  return { publish, close }
}

function ifTooLarge<T>(writeLess: () => Promise<T>) {
  return (error: { type?: string }): Promise<T> => {
    if (error.type !== 'MESSAGE_TOO_LARGE') throw error
    return writeLess()
  }
}
