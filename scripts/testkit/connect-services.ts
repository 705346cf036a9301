import { readFile } from 'node:fs/promises'
import { waitForLeaders } from '../../core/kafka/admin/create-topics.ts'
import { createKafka, type KafkaOptions } from '../../core/kafka/kafka-client.ts'
import { fixedCredentials } from '../../core/kafka/kafka-credentials.ts'
import { createLogger } from '../../core/telemetry/logger.ts'
import { readServicesEnvironment } from '../services/env-file.ts'

/** Connects the contract suites to the real services. @throws Error with instructions when they are not running */
export async function connectServices() {
  const environment = await readServicesEnvironment()
  const setting = (name: string): string => {
    const value = environment[name]
    if (!value) throw new Error(`${name} is missing in the env file of the services`)
    return value
  }
  const connection: Omit<KafkaOptions, 'clientId' | 'logger'> = {
    brokers: setting('KAFKA_BROKERS'),
    tls: { ca: await readFile(setting('KAFKA_CA_FILE'), 'utf8') },
    credentials: fixedCredentials({
      username: setting('KAFKA_SASL_USERNAME'),
      password: setting('KAFKA_SASL_PASSWORD'),
    }),
  }
  const aws = {
    region: setting('AWS_REGION'),
    accessKeyId: setting('AWS_ACCESS_KEY_ID'),
    secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
  }

  /** Creates topics in advance, because a real broker rejects the first event of a topic that it creates automatically. */
  async function createTopics(names: string[]): Promise<void> {
    const logger = createLogger('test', 'silent')
    const admin = createKafka({ ...connection, clientId: 'hashgate-test', logger }).admin()
    await admin.connect()
    const topics = names.map((topic) => ({ topic, numPartitions: 4, replicationFactor: 3 }))
    await admin.createTopics({ waitForLeaders: false, topics })
    await waitForLeaders(admin, names)
    await admin.disconnect()
  }

  return { connection, aws, createTopics, setting }
}
