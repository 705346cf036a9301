import t from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { testEventConsumerContract } from './contract/consumer-contract.ts'

const brokers = await startTestKafka(t)

await testEventConsumerContract(t, {
  name: 'the embedded Kafka',
  connection: { brokers },
  sessionTimeoutMs: 6_000,
})
