import { randomUUID } from 'node:crypto'
import type { ImageEvent } from '../../../../core/images/image-event.ts'
import type { KafkaClient } from '../../../../core/kafka/kafka-client.ts'
import { readToEnd } from '../../../../core/kafka/read-to-end.ts'

/** All events that are on the topics now. */
export async function readTopics(kafka: KafkaClient, topics: string[]): Promise<ImageEvent[]> {
  const events: ImageEvent[] = []
  const groupId = `evidence-${randomUUID()}`
  for (const topic of topics) {
    await readToEnd(kafka, {
      topic,
      groupId,
      fromCommitted: false,
      commits: false,
      onMessages: async (messages) => {
        events.push(...messages.map(({ value }) => JSON.parse(String(value))))
      },
    })
  }
  return events
}
