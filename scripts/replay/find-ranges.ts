import type { Kafka } from 'kafkajs'

/** What of a partition is to be read: from the first offset up to, but without, the second. */
export interface Range {
  partition: number
  from: bigint
  to: bigint
}

/**
 * What there is to read of a topic now; what comes later is left for later.
 * @param groupId begins where this group has stopped; without, at the beginning
 * @throws Error for people when there is no such topic
 */
export async function findRanges(kafka: Kafka, topic: string, groupId?: string): Promise<Range[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(topic)
    const positions = groupId ? await admin.fetchOffsets({ groupId, topics: [topic] }) : []
    const committed = new Map(
      positions.flatMap(({ partitions }) => partitions.map((p) => [p.partition, BigInt(p.offset)])),
    )
    return ends
      .map(({ partition, low, high }) => {
        const position = committed.get(partition) ?? -1n
        return { partition, from: position > BigInt(low) ? position : BigInt(low), to: BigInt(high) }
      })
      .filter(({ from, to }) => from < to)
  } catch (error) {
    if (!isUnknownTopic(error)) throw error
    throw new Error(`There is no topic ${topic}: nothing was put aside yet, or its name is another.`)
  } finally {
    await admin.disconnect()
  }
}

/** kafkajs tries again before it says so. */
function isUnknownTopic(error: unknown): boolean {
  const { type, cause } = error as { type?: string; cause?: unknown }
  return type === 'UNKNOWN_TOPIC_OR_PARTITION' || (cause !== undefined && isUnknownTopic(cause))
}
