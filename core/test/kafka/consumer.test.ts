import t from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { testEventConsumerContract } from './contract/consumer-contract.ts'
import { testFollowContract } from './contract/follow-contract.ts'

const brokers = await startTestKafka(t)

await testEventConsumerContract(t, {
  name: 'the embedded Kafka',
  connection: { brokers },
  sessionTimeoutMs: 6_000,
})

await testFollowContract(t, { name: 'the embedded Kafka', connection: { brokers }, hasGroupAdmin: false })
