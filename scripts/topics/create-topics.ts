import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { topics } from '../../core/events/image-events.ts'

export interface TopicsOptions {
  topicPrefix: string
  partitions: number
  /** How long events are kept. */
  retentionDays: number
}

export interface TopicState {
  topic: string
  partitions: number
  replicas: number
  /** `kept`: it was there as it should be. */
  outcome: 'created' | 'corrected' | 'kept'
}

/** Survives the loss of one broker without a pause, and of two without a loss. */
const wantedReplicas = 3
const patienceMs = 30_000

/**
 * Makes the topics that hashgate needs. On one that is there the retention and the durability are corrected; its
 * partitions stay, because more of them would send an image's next event elsewhere than its last.
 * @throws Error when a topic has no leaders after 30 seconds
 */
export async function createTopics(kafka: Kafka, options: TopicsOptions): Promise<TopicState[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { brokers } = await admin.describeCluster()
    const replicationFactor = Math.min(wantedReplicas, brokers.length)
    const names = Object.values(topics).map((topic) => options.topicPrefix + topic)
    const missing = await findMissing(admin, names)
    const config = describeConfig(replicationFactor, options.retentionDays)
    await createMissing(admin, missing, { numPartitions: options.partitions, replicationFactor, config })
    await waitForLeaders(admin, names)
    const corrected = await correctConfigs(admin, names, config)
    return await describeTopics(admin, names, { missing, corrected })
  } finally {
    await admin.disconnect()
  }
}

type Config = Record<string, string>

function describeConfig(replicationFactor: number, retentionDays: number): Config {
  return {
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionDays * 86_400_000),
    'min.insync.replicas': replicationFactor >= wantedReplicas ? '2' : '1',
  }
}

async function findMissing(admin: Admin, names: string[]): Promise<string[]> {
  const existing = new Set(await admin.listTopics())
  return names.filter((name) => !existing.has(name))
}

interface NewTopics {
  numPartitions: number
  replicationFactor: number
  config: Config
}

async function createMissing(
  admin: Admin,
  missing: string[],
  { config, ...shape }: NewTopics,
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  // Without waiting: kafkajs asks for the leaders before KRaft has told all brokers of the topic.
  await admin.createTopics({
    waitForLeaders: false,
    topics: missing.map((topic) => ({ topic, ...shape, configEntries })),
  })
}

/** Brokers learn of a new topic one after another. @throws Error after 30 seconds */
export async function waitForLeaders(admin: Admin, names: string[]): Promise<void> {
  const deadline = AbortSignal.timeout(patienceMs)
  while (!(await haveLeaders(admin, names))) {
    if (deadline.aborted) throw new Error(`No leaders after ${patienceMs / 1_000} s: ${names.join(', ')}.`)
    await sleep(100)
  }
}

async function haveLeaders(admin: Admin, names: string[]): Promise<boolean> {
  const found = await admin.fetchTopicMetadata({ topics: names }).catch(() => undefined)
  return found?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0)) ?? false
}

/** Returns the names of the topics that were not as they should be. */
async function correctConfigs(admin: Admin, names: string[], wanted: Config): Promise<string[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  })
  const wrong = resources
    .map(({ resourceName, configEntries }) => ({ name: resourceName, own: ownConfig(configEntries) }))
    .filter(({ own }) => Object.entries(wanted).some(([name, value]) => own[name] !== value))
  // What is not named here would fall back to the cluster's default.
  const altered = wrong.map(({ name, own }) => ({
    type: kafkajs.ConfigResourceTypes.TOPIC,
    name,
    configEntries: Object.entries({ ...own, ...wanted }).map(([name, value]) => ({ name, value })),
  }))
  if (altered.length > 0) await admin.alterConfigs({ validateOnly: false, resources: altered })
  return wrong.map(({ name }) => name)
}

/** What was set for the topic itself. */
function ownConfig(entries: { configName: string; configValue: string; configSource: number }[]): Config {
  const own = entries.filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG)
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]))
}

async function describeTopics(
  admin: Admin,
  names: string[],
  { missing, corrected }: { missing: string[]; corrected: string[] },
): Promise<TopicState[]> {
  const found = await admin.fetchTopicMetadata({ topics: names })
  return names.map((topic) => {
    const partitions = found.topics.find(({ name }) => name === topic)?.partitions ?? []
    return {
      topic,
      partitions: partitions.length,
      replicas: partitions[0]?.replicas.length ?? 0,
      outcome: missing.includes(topic) ? 'created' : corrected.includes(topic) ? 'corrected' : 'kept',
    }
  })
}
