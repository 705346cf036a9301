import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { testEventBusContract } from './event-bus-contract.ts'

const { connection, createTopics } = await connectServices()
await testEventBusContract(t, { name: 'Kafka over SASL_SSL', connection, createTopics })
