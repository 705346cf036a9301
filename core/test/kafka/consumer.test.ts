import t from 'tap'
import { startLocalKafka } from '../../../scripts/local/start-local-kafka.ts'
import { testEventConsumerContract } from './consumer-contract.ts'

const { brokers, close } = await startLocalKafka()
t.teardown(close)

await testEventConsumerContract(t, {
  name: 'the embedded Kafka',
  connection: { brokers },
  sessionTimeoutMs: 4_000,
})
