/** The gateway with stubs at the network edge, except that it reads events from the Kafka at KAFKA_BROKERS. */
import { createKafka } from '../../../../core/kafka/kafka-client.ts'
import { logger, serveGateway } from '../serve-gateway.ts'
import { stubbedClients } from '../stubbed-clients.ts'

const brokers = process.env.KAFKA_BROKERS ?? ''
await serveGateway({ ...stubbedClients, kafka: createKafka({ brokers, clientId: 'hashgate-bench', logger }) })
