import { randomUUID } from 'node:crypto'
import { EventEmitter, on } from 'node:events'
import { isUnknownTopic } from '../../core/kafka/is-unknown-topic.ts'
import type { createKafka } from '../../core/kafka/kafka-client.ts'
import { toKafkaMessage } from '../../core/kafka/kafka-message.ts'
import { retryWhile } from '../../core/kafka/retry-while.ts'

export interface ReadMessage {
  topic: string
  key: string
  value: string
  headers: Record<string, string>
}

export type TopicReader = Awaited<ReturnType<typeof startTopicReader>>

const timeoutMs = 300_000

/** Records the messages of topics from the beginning. Uses kafkajs instead of our own consumer. */
export async function startTopicReader(kafka: ReturnType<typeof createKafka>, topicNames: string[]) {
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, allowAutoTopicCreation: true })
  const messages: ReadMessage[] = []
  const arrivals = new EventEmitter().setMaxListeners(0)

  await consumer.connect()
  // A new topic does not exist on all brokers at once.
  await retryWhile(isUnknownTopic, () => consumer.subscribe({ topics: topicNames, fromBeginning: true }))
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const { key, value, headers } = toKafkaMessage({ topic, partition }, message)
      const texts = headers.map(({ name, value }) => [name, String(value)])
      messages.push({ topic, key: String(key), value: String(value), headers: Object.fromEntries(texts) })
      arrivals.emit('message')
    },
  })

  async function until(isEnough: () => boolean): Promise<void> {
    if (isEnough()) return
    for await (const _ of on(arrivals, 'message', { signal: AbortSignal.timeout(timeoutMs) })) {
      if (isEnough()) return
    }
  }

  /** Resolves to all messages of an image as soon as there are `count`. */
  async function messagesOf(imageId: string, count: number): Promise<ReadMessage[]> {
    const found = () => messages.filter(({ key }) => key === imageId)
    await until(() => found().length >= count)
    return found()
  }

  const waitFor = (matches: (message: ReadMessage) => boolean) => until(() => messages.some(matches))

  return { messagesOf, waitFor, close: () => consumer.disconnect() }
}
