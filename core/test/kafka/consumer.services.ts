import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { testEventConsumerContract } from './contract/consumer-contract.ts'
import { testFollowContract } from './contract/follow-contract.ts'

const { connection, createTopics } = await connectServices()
await testEventConsumerContract(t, { name: 'Kafka over SASL_SSL', connection, createTopics })
await testFollowContract(t, { name: 'Kafka over SASL_SSL', connection, createTopics, hasGroupAdmin: true })
