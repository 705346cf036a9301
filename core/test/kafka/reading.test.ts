import kafkajs from 'kafkajs'
import t from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { readCommittedOffsets } from '../../kafka/read-committed-offsets.ts'
import { testReadingContract } from './contract/reading-contract.ts'

const brokers = await startTestKafka(t)
await testReadingContract(t, {
  name: 'the embedded Kafka',
  connection: { brokers },
  plaintextBrokers: brokers,
})

const { KafkaJSProtocolError } = kafkajs
const coordinatorErrors = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]

for (const type of coordinatorErrors) {
  t.test(`committed offsets are requested again after ${type}`, async (t) => {
    const answers = [failWith(type), failWith(type), offsets]
    const admin = { fetchOffsets: async () => answers.shift()?.() ?? [] }
    const committed = await readCommittedOffsets(admin, 'group', 'topic')
    t.strictSame([...committed], [[0, 12n]], 'without the partition that has no offset')
    t.equal(answers.length, 0)
  })
}

t.test('another error of the coordinator is thrown at once', async (t) => {
  const answers = [failWith('GROUP_AUTHORIZATION_FAILED'), offsets]
  const admin = { fetchOffsets: async () => answers.shift()?.() ?? [] }
  await t.rejects(readCommittedOffsets(admin, 'group', 'topic'), { message: 'GROUP_AUTHORIZATION_FAILED' })
  t.equal(answers.length, 1)
})

function failWith(type: string) {
  return (): never => {
    throw Object.assign(new KafkaJSProtocolError(new Error(type)), { type })
  }
}

function offsets() {
  const partition = (partition: number, offset: string) => ({ partition, offset, metadata: null })
  return [{ topic: 'topic', partitions: [partition(0, '12'), partition(1, '-1')] }]
}
