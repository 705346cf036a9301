/** `npm run topics`: creates the topics and the access rules on a Kafka cluster. */
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { createEventTopics } from '../core/events/create-event-topics.ts'
import { type AccessState, allowAccess } from '../core/kafka/admin/allow-access.ts'
import type { TopicState } from '../core/kafka/admin/create-topics.ts'
import { readTopicsConfig } from './config.ts'
import { connectCommandToKafka } from './connect-kafka.ts'
import { runCommand } from './run-command.ts'
import { readServicesEnvironment } from './services/env-file.ts'
import { accessNames } from './topics/access-names.ts'
import { describeAccess } from './topics/describe-access.ts'

const usage = `Usage: npm run topics [-- --env ENV [--user COMPONENT=NAME]… | --services]

  Creates missing topics, with three replicas if the cluster has at least three brokers, and corrects the retention and
  the durability settings of existing ones. The environment names the cluster (KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, KAFKA_TLS,
  KAFKA_CA_FILE, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, KAFKA_SASL_SECRET_ID), KAFKA_PARTITIONS (12) and
  RETENTION_DAYS (7).

  --env ENV               also create the missing access rules (ACLs) of the gateway, the processor and the delivery of
                          webhooks, whose users are hashgate-ENV-gateway, hashgate-ENV-processor and hashgate-ENV-webhooks.
                          Needs a super user, or Alter and Describe on the cluster
  --user COMPONENT=NAME   another user of gateway, processor or webhooks
  --services              use the cluster of "npm run services -- up"`

const options = {
  env: { type: 'string' },
  user: { type: 'string', multiple: true },
  services: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({ options })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (values.user && !values.env) throw new Error('--user needs --env.')
  const names = values.env ? accessNames(values.env, values.user) : undefined
  const config = readTopicsConfig(values.services ? await readServicesEnvironment() : {})
  const kafka = await connectCommandToKafka(config, 'topics')
  const states = await createEventTopics(kafka, {
    topicPrefix: config.KAFKA_TOPIC_PREFIX,
    partitions: config.KAFKA_PARTITIONS,
    retentionDays: config.RETENTION_DAYS,
  })
  console.log(formatTopics(states))
  if (!names) return 0
  const rules = describeAccess({ topicPrefix: config.KAFKA_TOPIC_PREFIX, ...names })
  console.log(formatAccess(await allowAccess(kafka, rules)))
  return 0
}

const style = { head: [], border: [], compact: true }

function formatTopics(states: TopicState[]): string {
  const table = new Table({ head: ['topic', 'partitions', 'replicas', ''], style })
  for (const { topic, partitions, replicas, outcome } of states)
    table.push([topic, partitions, replicas, outcome])
  return table.toString()
}

function formatAccess(states: AccessState[]): string {
  const table = new Table({ head: ['user', 'access', ''], style })
  for (const { user, rule, outcome } of states) table.push([user, rule, outcome])
  return table.toString()
}
