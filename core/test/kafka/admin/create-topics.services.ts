import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import t from 'tap'
import { connectServices } from '../../../../scripts/testkit/connect-services.ts'
import { pollUntil } from '../../../../scripts/testkit/poll-until.ts'
import { createEventTopics } from '../../../events/create-event-topics.ts'
import { isUnknownTopic } from '../../../kafka/is-unknown-topic.ts'
import { createKafka } from '../../../kafka/kafka-client.ts'
import { retryWhile } from '../../../kafka/retry-while.ts'
import { createLogger } from '../../../telemetry/logger.ts'

const { setting } = await connectServices()
const logger = createLogger('test', 'silent')
const kafka = createKafka({ brokers: setting('KAFKA_PLAINTEXT_BROKERS'), clientId: 'hashgate-test', logger })
const topicPrefix = `topics-${randomUUID().slice(0, 8)}.`
const name = `${topicPrefix}image.processed`
const admin = kafka.admin()
await admin.connect()
t.teardown(() => admin.disconnect())

// Any broker answers, and new topics and settings reach each at a different time, so tests repeat what depends on earlier ones.
const create = (partitions: number, retentionDays: number) =>
  createEventTopics(kafka, { topicPrefix, partitions, retentionDays })

/** The settings of the topic itself, without those inherited from the cluster. */
async function ownNamesOf(topic: string): Promise<string[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  })
  const entries = resources[0]?.configEntries ?? []
  const own = entries.filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG)
  return own.map(({ configName }) => configName).sort()
}

async function configOf(topic: string): Promise<Record<string, string>> {
  const { resources } = await retryWhile(isUnknownTopic, () =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    }),
  )
  const entries = resources[0]?.configEntries ?? []
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
}

t.test('six topics on three brokers, durable and retained for seven days', async (t) => {
  const states = await create(3, 7)
  t.equal(states.length, 6)
  for (const state of states) t.match(state, { partitions: 3, replicas: 3, outcome: 'created' })
  t.match(await configOf(name), {
    'cleanup.policy': 'delete',
    'retention.ms': '604800000',
    'min.insync.replicas': '2',
  })
})

t.test('a second call changes nothing', async (t) => {
  await pollUntil(async () => (await create(3, 7)).every(({ outcome }) => outcome === 'kept'))
  t.pass()
})

t.test('our settings are corrected and other settings are kept', async (t) => {
  const entries = { 'retention.ms': '1000', 'max.message.bytes': '2000000' }
  const configEntries = Object.entries(entries).map(([name, value]) => ({ name, value }))
  const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }]
  await admin.alterConfigs({ validateOnly: false, resources })
  const state = await pollUntil(async () => {
    const states = await create(6, 7)
    return states.find(({ topic, outcome }) => topic === name && outcome === 'corrected')
  })
  t.equal(state.partitions, 3, 'the partitions are unchanged')
  const config = await pollUntil(async () => {
    const found = await configOf(name)
    return found['retention.ms'] !== '1000' && found['max.message.bytes'] === '2000000' ? found : undefined
  })
  t.match(config, {
    'retention.ms': '604800000',
    'min.insync.replicas': '2',
    'max.message.bytes': '2000000',
  })
  t.strictSame(await ownNamesOf(name), [
    'cleanup.policy',
    'max.message.bytes',
    'min.insync.replicas',
    'retention.ms',
  ])
})
