import { randomUUID } from 'node:crypto'
import type { Admin } from 'kafkajs'
import type { Logger } from '../telemetry/logger.ts'
import { consume, type Positions } from './consumer.ts'
import { isUnknownTopic } from './is-unknown-topic.ts'
import type { KafkaClient } from './kafka-client.ts'
import { type KafkaMessage, partitionKey } from './kafka-message.ts'

export interface FollowOptions {
  topics: string[]
  /** kafkajs reads in a consumer group only. Each connection uses a new group with this prefix, which Kafka's access rules must allow. */
  groupPrefix: string
  /** No message after this call is missed until `onLost`. */
  onLive: () => void
  /** The connection is lost. Messages until the next `onLive` may be missed. */
  onLost: () => void
  /** Messages of one partition, in order. */
  onMessages: (messages: KafkaMessage[]) => void
  logger: Logger
}

export type Follower = ReturnType<typeof followTopics>

/** kafkajs pauses a partition while its messages are handled, which takes no time here. */
const concurrency = Number.MAX_SAFE_INTEGER

/**
 * Reads topics from their current end until it is closed, without commits and in a group of one member, so every process that follows a
 * topic gets all its messages. After a failure it starts again at the end of the topics at that time.
 */
export function followTopics(kafka: KafkaClient, options: FollowOptions) {
  const { topics, onMessages, logger } = options
  return consume(
    kafka,
    {
      topics,
      concurrency,
      logger,
      handleBatch: async (messages) => {
        onMessages(messages)
        return []
      },
    },
    () => startAtEnds(kafka, options),
  )
}

/**
 * Keeps the positions in memory. Without a position kafkajs would start at the end of the topic when it gets its partitions,
 * which after a rebalance would skip messages.
 */
async function startAtEnds(
  kafka: KafkaClient,
  { topics, groupPrefix, onLive, onLost }: FollowOptions,
): Promise<Positions> {
  // Otherwise a new connection would wait until Kafka has noticed that the old one has left the group.
  const groupId = `${groupPrefix}${randomUUID()}`
  const offsets = await withAdmin(kafka, (admin) => readEnds(admin, topics))
  let isLive = false
  return {
    groupId,
    // A partition that was added since then is read from its beginning.
    find: (place) => offsets.get(partitionKey(place)) ?? '0',
    save: async ({ batch }, offset) => void offsets.set(partitionKey(batch), offset),
    onJoin: () => {
      if (!isLive) onLive()
      isLive = true
    },
    onLeave: () => {
      if (isLive) onLost()
    },
    // After a crash Kafka itself removes the group, because it has no members and no offsets, but only some minutes later.
    close: () => withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).then(undefined, () => {}),
  }
}

async function readEnds(admin: Admin, topics: string[]): Promise<Map<string, string>> {
  const offsets = new Map<string, string>()
  for (const topic of topics) {
    for (const { partition, high } of await readTopicEnds(admin, topic)) {
      offsets.set(partitionKey({ topic, partition }), high)
    }
  }
  return offsets
}

/** Empty for a topic that does not exist yet: a cluster may create it with its first message, or when it is subscribed to. */
async function readTopicEnds(admin: Admin, topic: string) {
  try {
    return await admin.fetchTopicOffsets(topic)
  } catch (error) {
    if (isUnknownTopic(error)) return []
    throw error
  }
}

async function withAdmin<T>(kafka: KafkaClient, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}
