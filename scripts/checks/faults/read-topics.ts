import { randomUUID } from 'node:crypto'
import type { ImageEvent } from '../../../core/events/image-events.ts'
import type { createKafka } from '../../../core/kafka/kafka.ts'

type Kafka = ReturnType<typeof createKafka>

/** All events that are on the topics now. */
export async function readTopics(kafka: Kafka, topics: string[]): Promise<ImageEvent[]> {
  const admin = kafka.admin()
  const groupId = `evidence-${randomUUID()}`
  await admin.connect()
  try {
    const unread = await findUnread(admin, topics)
    if (unread.size === 0) return []
    const events = await readUntil(kafka.consumer({ groupId }), topics, unread)
    await admin.deleteGroups([groupId])
    return events
  } finally {
    await admin.disconnect()
  }
}

/** The offset at which each partition ends that is not empty. */
async function findUnread(admin: ReturnType<Kafka['admin']>, topics: string[]): Promise<Map<string, number>> {
  const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)))
  const ends = offsets.flatMap((partitions, index) =>
    partitions.map(({ partition, high, low }) => ({ name: `${topics[index]}-${partition}`, high, low })),
  )
  return new Map(ends.filter(({ high, low }) => high !== low).map(({ name, high }) => [name, Number(high)]))
}

async function readUntil(
  consumer: ReturnType<Kafka['consumer']>,
  topics: string[],
  unread: Map<string, number>,
): Promise<ImageEvent[]> {
  const events: ImageEvent[] = []
  const finished = Promise.withResolvers<void>()
  consumer.on('consumer.crash', ({ payload }) => finished.reject(payload.error))
  try {
    await consumer.connect()
    await consumer.subscribe({ topics, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        const name = `${topic}-${partition}`
        events.push(JSON.parse(String(message.value)))
        if (Number(message.offset) + 1 >= (unread.get(name) ?? 0)) unread.delete(name)
        if (unread.size === 0) finished.resolve()
      },
    })
    await finished.promise
  } finally {
    await consumer.disconnect()
  }
  return events
}
