import { topics } from '../../core/events/image-events.ts'
import { createKafka } from '../../core/kafka/kafka-client.ts'
import { openProducer } from '../../core/kafka/producer.ts'
import { createLogger } from '../../core/telemetry/logger.ts'

/**
 * Creates the topics of the events in the embedded Kafka. It has no topic administration, but creates a topic when a producer names
 * it. Without these topics, the gateway could not stream events before one of each type was published.
 */
export async function createLocalTopics(brokers: string): Promise<void> {
  const logger = createLogger('script', 'silent')
  const producer = await openProducer(createKafka({ brokers, clientId: 'hashgate-script', logger }))
  const nothing = Object.values(topics).map((topic) => ({ topic, messages: [] }))
  await producer.send(nothing, { compress: false })
  await producer.close()
}
