import type { Kafka, Producer } from 'kafkajs'
import { rememberPartitions } from './send-batch.ts'

/** How a broker, or its access rules, say that there is no idempotence to be had. */
const refusals = [
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSBrokerNotFound',
  'CLUSTER_AUTHORIZATION_FAILED',
]

/**
 * A connected producer, idempotent where the broker allows it: what kafkajs sends again after a lost answer is then not
 * written twice.
 *
 * After a `send` that failed it must be thrown away. kafkajs gives the next batch the sequence numbers of the failed one,
 * and a broker that had written that one takes the next for a repeat: it would acknowledge it, and not write it.
 */
export async function openProducer(kafka: Kafka): Promise<Producer> {
  try {
    return await connect(kafka, true)
  } catch (error) {
    const { name, type } = error as { name: string; type?: string }
    if (refusals.includes(name) || refusals.includes(type ?? '')) return connect(kafka, false)
    throw error
  }
}

async function connect(kafka: Kafka, idempotent: boolean): Promise<Producer> {
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
