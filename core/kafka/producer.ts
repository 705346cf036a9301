import {
  CompressionTypes,
  type ICustomPartitioner,
  type Kafka,
  Partitioners,
  type Producer,
  type ProducerBatch,
} from 'kafkajs'
import { joinHeaders, type MessageHeader, partitionKey } from './kafka-message.ts'

export interface OutgoingMessage {
  key: string | Buffer | null
  value: string | Buffer | null
  headers: Record<string, string> | MessageHeader[]
}

export interface TopicMessages {
  topic: string
  messages: OutgoingMessage[]
}

export type KafkaProducer = Awaited<ReturnType<typeof openProducer>>

/** Errors with which a broker, or its access rules, refuse idempotent production. */
const idempotenceRefusals = [
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSBrokerNotFound',
  'CLUSTER_AUTHORIZATION_FAILED',
]

/**
 * Connects a producer, idempotent where the broker allows it: a message that kafkajs sends again after a lost response is then
 * written once.
 *
 * Close the producer after a `send` that failed. kafkajs would give the next batch the sequence numbers of the failed one, and
 * a broker that did write the failed one would acknowledge the next as a duplicate without writing it.
 */
export async function openProducer(kafka: Pick<Kafka, 'producer'>) {
  const producer = await connectIdempotent(kafka)

  /**
   * Resolves when all in-sync replicas have every message.
   * @throws Error when some messages were not written
   */
  async function send(batches: TopicMessages[], { compress }: { compress: boolean }): Promise<void> {
    await sendBatch(producer, {
      acks: -1,
      compression: compress ? CompressionTypes.GZIP : CompressionTypes.None,
      topicMessages: batches.map(({ topic, messages }) => ({
        topic,
        messages: messages.map(({ headers, ...message }) => ({
          ...message,
          headers: Array.isArray(headers) ? joinHeaders(headers) : headers,
        })),
      })),
    })
  }

  return { send, close: () => producer.disconnect() }
}

async function connectIdempotent(kafka: Pick<Kafka, 'producer'>): Promise<Producer> {
  try {
    return await connect(kafka, true)
  } catch (error) {
    const { name, type = '' } = error as { name: string; type?: string }
    if (idempotenceRefusals.includes(name) || idempotenceRefusals.includes(type)) return connect(kafka, false)
    throw error
  }
}

async function connect(kafka: Pick<Kafka, 'producer'>, idempotent: boolean): Promise<Producer> {
  const producer = kafka.producer({
    idempotent,
    allowAutoTopicCreation: true,
    createPartitioner: rememberPartitions,
  })
  try {
    await producer.connect()
    return producer
  } catch (error) {
    await producer.disconnect().catch(() => {})
    throw error
  }
}

const partitionOf = new WeakMap<object, number>()

/**
 * kafkajs's own partitioner, except that it keeps the partition of each message. Otherwise every retry could send a message
 * without a key to another partition, and `sendBatch` would miss it in the first one.
 */
export const rememberPartitions: ICustomPartitioner = () => {
  const choosePartition = Partitioners.DefaultPartitioner()
  return (placing) => {
    const partition = partitionOf.get(placing.message) ?? choosePartition(placing)
    partitionOf.set(placing.message, partition)
    return partition
  }
}

/**
 * Resolves when every message of the batch is written. `producer.sendBatch` alone can resolve too early: it sends to each broker
 * once, so when a partition moves to a broker that has already answered, its messages are never sent.
 * Source: https://github.com/tulios/kafkajs/issues/1303
 */
export async function sendBatch(producer: Pick<Producer, 'sendBatch'>, batch: ProducerBatch): Promise<void> {
  const responses = await producer.sendBatch(batch)
  const written = new Set(
    responses.map(({ topicName, partition }) => partitionKey({ topic: topicName, partition })),
  )
  for (const { topic, messages } of batch.topicMessages ?? []) {
    for (const message of messages) {
      const partition = partitionOf.get(message)
      if (partition === undefined) continue
      const key = partitionKey({ topic, partition })
      if (!written.has(key)) throw new Error(`${key} moved to another broker; its messages were not written`)
    }
  }
}
