import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { topics } from '../../../core/events/image-events.ts'
import { startConsumer } from '../../../core/kafka/consumer.ts'
import { createKafka } from '../../../core/kafka/kafka-client.ts'
import type { KafkaMessage } from '../../../core/kafka/kafka-message.ts'
import { createLogger } from '../../../core/telemetry/logger.ts'

const maxWaitMs = 60_000

const sizeOf = ({ key, value, headers }: KafkaMessage): number =>
  (key?.length ?? 0) +
  (value?.length ?? 0) +
  headers.reduce((bytes, { name, value }) => bytes + name.length + value.length, 0)

/** Reads all events from Kafka. */
export function followEvents(brokers: string) {
  const messages: KafkaMessage[] = []
  const logger = createLogger('script', 'silent')
  const { close } = startConsumer(createKafka({ brokers, clientId: 'hashgate-script', logger }), {
    groupId: `cost-${randomUUID()}`,
    topics: Object.values(topics),
    concurrency: 1,
    handleBatch: async (batch) => {
      messages.push(...batch)
      return []
    },
    logger,
  })
  const ofTopic = (topic: string) => messages.filter((message) => message.topic === topic)

  return {
    /** Resolves to the first `count` messages of a topic. @throws Error when they do not arrive within a minute */
    waitFor: async (topic: string, count: number): Promise<KafkaMessage[]> => {
      for (const startedAt = Date.now(); ofTopic(topic).length < count; await sleep(20))
        if (Date.now() - startedAt > maxWaitMs)
          throw new Error(`Only ${ofTopic(topic).length} of ${count} events arrived on ${topic}.`)
      return ofTopic(topic).slice(0, count)
    },
    /** Bytes of the keys, values and headers of all messages so far. */
    countBytes: (): number => messages.reduce((bytes, message) => bytes + sizeOf(message), 0),
    clear: () => void messages.splice(0),
    close,
  }
}
