/** `npm run topics`: makes the topics on a Kafka cluster. */
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { createEventTopics } from '../core/events/create-event-topics.ts'
import { connectKafka } from '../core/kafka/connect-kafka.ts'
import type { TopicState } from '../core/kafka/create-topics.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { readTopicsConfig } from './config.ts'
import { runCommand } from './run-command.ts'
import { readServicesEnvironment } from './services/env-file.ts'

const usage = `Usage: npm run topics [-- --services]

  Makes the topics, with three replicas where the cluster has as many brokers, and corrects the retention and the
  durability of those that are there. The cluster comes from the environment: KAFKA_BROKERS, KAFKA_TOPIC_PREFIX,
  KAFKA_TLS, KAFKA_CA_FILE, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_SASL_SECRET_ID; and so do
  KAFKA_PARTITIONS (12) and RETENTION_DAYS (7).

  --services   the cluster that "npm run services -- up" has started`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { services: { type: 'boolean' }, help: { type: 'boolean' } } })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const config = readTopicsConfig(values.services ? await readServicesEnvironment() : {})
  const logger = createLogger('topics', 'silent')
  const kafka = await connectKafka(config, { clientId: 'hashgate-topics', logger })
  const states = await createEventTopics(kafka, {
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    partitions: config.KAFKA_PARTITIONS,
    retentionDays: config.RETENTION_DAYS,
  })
  console.log(formatTable(states))
  return 0
}

function formatTable(states: TopicState[]): string {
  const table = new Table({
    head: ['topic', 'partitions', 'replicas', ''],
    style: { head: [], border: [], compact: true },
  })
  for (const { topic, partitions, replicas, outcome } of states)
    table.push([topic, partitions, replicas, outcome])
  return table.toString()
}
