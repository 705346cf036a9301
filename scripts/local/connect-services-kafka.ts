import { createKafka } from '../../core/kafka/kafka-client.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { readServicesEnvironment } from '../services/env-file.ts'

/** A Kafka client for scripts that read the topics of the services. */
export async function connectServicesKafka() {
  const { KAFKA_PLAINTEXT_BROKERS } = await readServicesEnvironment()
  const logger = createLogger('script', 'silent')
  return createKafka({ brokers: KAFKA_PLAINTEXT_BROKERS, clientId: 'hashgate-script', logger })
}
