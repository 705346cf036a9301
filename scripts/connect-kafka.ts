import { type ConnectSettings, connectKafka } from '../core/kafka/connect-kafka.ts'
import type { KafkaClient } from '../core/kafka/kafka-client.ts'
import { adviseOnKafka } from '../core/kafka/watch-kafka.ts'
import { createLogger } from '../core/telemetry/logger.ts'

/**
 * Creates a Kafka client for a command, after one connection has succeeded.
 * @throws Error that names the setting to check
 */
export async function connectCommandToKafka(settings: ConnectSettings, name: string): Promise<KafkaClient> {
  const logger = createLogger(name, 'silent')
  const kafka = await connectKafka(settings, { clientId: `hashgate-${name}`, logger })
  const admin = kafka.admin()
  try {
    await admin.connect()
  } catch (error) {
    const { message } = error as Error
    throw new Error(`Kafka is unavailable: ${message}. ${adviseOnKafka(error as Error)}`)
  } finally {
    await admin.disconnect()
  }
  return kafka
}
