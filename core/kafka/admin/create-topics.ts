import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import { isUnknownTopic } from '../is-unknown-topic.ts'
import type { KafkaClient } from '../kafka-client.ts'
import { retryMs, retryWhile } from '../retry-while.ts'

export interface TopicsOptions {
  /** Full names, prefix included. */
  names: string[]
  partitions: number
  /** How long messages are kept. */
  retentionDays: number
}

export interface TopicState {
  topic: string
  partitions: number
  replicas: number
  /** `kept`: the topic existed with the right settings. */
  outcome: 'created' | 'corrected' | 'kept'
}

/** With three replicas, the loss of one broker interrupts no writes, and the loss of two loses no messages. */
const wantedReplicas = 3

/**
 * Creates missing topics and corrects retention and durability of existing ones. The number of partitions of an existing topic
 * stays as it is: changing it would send later events of an image to another partition, out of order.
 * @throws Error when a topic has no leaders, or a broker does not know it, after 30 seconds
 */
export async function createTopics(
  kafka: KafkaClient,
  { names, ...options }: TopicsOptions,
): Promise<TopicState[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { brokers } = await admin.describeCluster()
    const replicationFactor = Math.min(wantedReplicas, brokers.length)
    const missing = await findMissing(admin, names)
    const config = describeConfig(replicationFactor, options.retentionDays)
    await createMissing(admin, missing, { numPartitions: options.partitions, replicationFactor, config })
    await waitForLeaders(admin, names)
    const corrected = await retryWhileUnknown(() => correctConfigs(admin, names, config))
    return await retryWhileUnknown(() => describeTopics(admin, names, { missing, corrected }))
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
  // kafkajs would request the leaders before all brokers have the topic, and fail.
  await admin.createTopics({
    waitForLeaders: false,
    topics: missing.map((topic) => ({ topic, ...shape, configEntries })),
  })
}

/** A new topic reaches each broker at a different time, and each kafkajs call can go to another broker. */
const retryWhileUnknown = <T>(ask: () => Promise<T>) => retryWhile(isUnknownTopic, ask)

/** Waits until a broker reports leaders for the topics. @throws Error after 30 seconds */
export async function waitForLeaders(admin: Admin, names: string[]): Promise<void> {
  const deadline = AbortSignal.timeout(retryMs)
  while (!(await haveLeaders(admin, names))) {
    if (deadline.aborted)
      throw new Error(`These topics have no leader after ${retryMs / 1_000} s: ${names.join(', ')}.`)
    await sleep(100)
  }
}

async function haveLeaders(admin: Admin, names: string[]): Promise<boolean> {
  const found = await admin.fetchTopicMetadata({ topics: names }).catch(() => undefined)
  return found?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0)) ?? false
}

/** Returns the names of the topics that were corrected. */
async function correctConfigs(admin: Admin, names: string[], wanted: Config): Promise<string[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  })
  const wrong = resources
    .map(({ resourceName, configEntries }) => ({ name: resourceName, own: ownConfig(configEntries) }))
    .filter(({ own }) => Object.entries(wanted).some(([name, value]) => own[name] !== value))
  // Settings that are not named here would fall back to the cluster's defaults.
  const altered = wrong.map(({ name, own }) => ({
    type: kafkajs.ConfigResourceTypes.TOPIC,
    name,
    configEntries: Object.entries({ ...own, ...wanted }).map(([name, value]) => ({ name, value })),
  }))
  if (altered.length > 0) await admin.alterConfigs({ validateOnly: false, resources: altered })
  return wrong.map(({ name }) => name)
}

/** The settings made for the topic itself. */
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
