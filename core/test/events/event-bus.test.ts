import t from 'tap'
import { startLocalKafka } from '../../../scripts/local/start-local-kafka.ts'
import { testEventBusContract } from './event-bus-contract.ts'

const { brokers, close } = await startLocalKafka()
t.teardown(close)

await testEventBusContract(t, { name: 'the embedded Kafka', connection: { brokers } })
