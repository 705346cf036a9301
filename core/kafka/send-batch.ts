import {
  type ICustomPartitioner,
  Partitioners,
  type Producer,
  type ProducerBatch,
  type RecordMetadata,
} from 'kafkajs'

const partitionOf = new WeakMap<object, number>()

/**
 * kafkajs's own partitioner, which remembers where it has put each message: one without a key would be put elsewhere at each
 * retry, and be missed there. For every producer that `sendBatch` uses.
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
 * Resolves when every message of the batch is written. `producer.sendBatch` alone resolves too early: it asks each broker
 * once, and when a partition moves meanwhile to a broker that has answered already, it never sends what belongs there.
 * Source: https://github.com/tulios/kafkajs/issues/1303
 * @throws Error when a part was not written; the producer must then be thrown away
 */
export async function sendBatch(producer: Pick<Producer, 'sendBatch'>, batch: ProducerBatch): Promise<void> {
  const answers = await producer.sendBatch(batch)
  const written = new Set(answers.map(nameOf))
  for (const { topic, messages } of batch.topicMessages ?? []) {
    for (const message of messages) {
      const partition = partitionOf.get(message)
      if (partition !== undefined && !written.has(`${topic}-${partition}`)) {
        throw new Error(`${topic}-${partition} has moved to another broker, and was not written`)
      }
    }
  }
}

const nameOf = ({ topicName, partition }: RecordMetadata) => `${topicName}-${partition}`
