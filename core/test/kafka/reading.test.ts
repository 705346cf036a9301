import t from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { testReadingContract } from './contract/reading-contract.ts'

const brokers = await startTestKafka(t)
await testReadingContract(t, {
  name: 'the embedded Kafka',
  connection: { brokers },
  plaintextBrokers: brokers,
})
