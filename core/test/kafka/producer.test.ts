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

/** A producer that places messages as kafkajs does, and whose brokers answer for these partitions alone. */
function producerThatWrites(written: number[]) {
  const choosePartition = rememberPartitions()
  async function send({ topicMessages = [] }: ProducerBatch): Promise<RecordMetadata[]> {
    for (const { topic, messages } of topicMessages) {
      for (const message of messages) choosePartition({ topic, partitionMetadata, message })
    }
    return written.map((partition) => ({ topicName: topic, partition, errorCode: 0 }))
  }
  return { sendBatch: send }
}

/** Enough keys that every partition has some. */
const batch = () => ({
  topicMessages: [
    { topic, messages: Array.from({ length: 50 }, (_, index) => ({ key: `key-${index}`, value: '' })) },
  ],
})

t.test('every partition has answered: all is written', async (t) => {
  await t.resolves(sendBatch(producerThatWrites(partitions), batch()))
})

t.test('a partition that no broker has answered for is not written', async (t) => {
  for (const missing of partitions) {
    const written = partitions.filter((partition) => partition !== missing)
    const expected = `image.processed-${missing} moved to another broker; its messages were not written`
    await t.rejects(sendBatch(producerThatWrites(written), batch()), { message: expected })
  }
})

t.test('a message without a key stays where it was put, however often it is tried', async (t) => {
  const choosePartition = rememberPartitions()
  const messages = Array.from({ length: 5 }, () => ({ value: 'without a key' }))
  const placeAll = () => messages.map((message) => choosePartition({ topic, partitionMetadata, message }))
  const first = placeAll()
  t.ok(new Set(first).size > 1, 'they are spread')
  t.strictSame(placeAll(), first)
})
