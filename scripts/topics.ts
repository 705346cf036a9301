/** `npm run topics`: creates the topics on a Kafka cluster. */
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { createEventTopics } from '../core/events/create-event-topics.ts'
import type { TopicState } from '../core/kafka/create-topics.ts'
import { readTopicsConfig } from './config.ts'
import { connectCommandToKafka } from './connect-kafka.ts'
import { runCommand } from './run-command.ts'
import { readServicesEnvironment } from './services/env-file.ts'

const usage = `Usage: npm run topics [-- --services]

  Creates missing topics, with three replicas if the cluster has at least three brokers, and corrects the retention and
  the durability settings of existing ones. The environment names the cluster (KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, KAFKA_TLS,
  KAFKA_CA_FILE, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_SASL_SECRET_ID), KAFKA_PARTITIONS (12) and
  RETENTION_DAYS (7).

  --services   use the cluster of "npm run services -- up"`

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { services: { type: 'boolean' }, help: { type: 'boolean' } } })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const config = readTopicsConfig(values.services ? await readServicesEnvironment() : {})
  const kafka = await connectCommandToKafka(config, 'topics')
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
