import type { ProducerBatch, RecordMetadata } from 'kafkajs'
import t from 'tap'
import { rememberPartitions, sendBatch } from '../../kafka/producer.ts'

const topic = 'image.processed'
const partitions = [0, 1, 2]

const partitionMetadata = partitions.map((partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: 1,
  replicas: [],
  isr: [],
}))

/** A producer that assigns partitions as kafkajs does, and whose brokers acknowledge only these partitions. */
function createProducerDouble(written: number[]) {
  const choosePartition = rememberPartitions()
  async function send({ topicMessages = [] }: ProducerBatch): Promise<RecordMetadata[]> {
    for (const { topic, messages } of topicMessages) {
      for (const message of messages) choosePartition({ topic, partitionMetadata, message })
    }
    return written.map((partition) => ({ topicName: topic, partition, errorCode: 0 }))
  }
  return { sendBatch: send }
}

/** Enough keys that every partition receives a message. */
const batch = () => ({
  topicMessages: [
    { topic, messages: Array.from({ length: 50 }, (_, index) => ({ key: `key-${index}`, value: '' })) },
  ],
})

t.test('a batch is written when every partition is acknowledged', async (t) => {
  await t.resolves(sendBatch(createProducerDouble(partitions), batch()))
})

t.test('a batch fails when a partition is not acknowledged', async (t) => {
  for (const missing of partitions) {
    const written = partitions.filter((partition) => partition !== missing)
    const expected = `image.processed-${missing} moved to another broker; its messages were not written`
    await t.rejects(sendBatch(createProducerDouble(written), batch()), { message: expected })
  }
})

t.test('a message without a key keeps its partition in retries', async (t) => {
  const choosePartition = rememberPartitions()
  const messages = Array.from({ length: 5 }, () => ({ value: 'without a key' }))
  const assignAll = () => messages.map((message) => choosePartition({ topic, partitionMetadata, message }))
  const first = assignAll()
  t.ok(new Set(first).size > 1, 'the messages are spread over partitions')
  t.strictSame(assignAll(), first)
})
