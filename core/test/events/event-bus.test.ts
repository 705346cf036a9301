import t from 'tap'
import { startTestKafka } from '../../../scripts/testkit/kafka/start-test-kafka.ts'
import { testEventBusContract } from './event-bus-contract.ts'

const brokers = await startTestKafka(t)

await testEventBusContract(t, { name: 'the embedded Kafka', connection: { brokers } })
