import { randomUUID } from 'node:crypto'
import type { KafkaClient } from '../../../kafka/kafka-client.ts'
import type { KafkaMessage } from '../../../kafka/kafka-message.ts'
import { readToEnd } from '../../../kafka/read-to-end.ts'

/** Reads all messages of a topic, as `npm run replay` does. */
export async function readTopic(kafka: KafkaClient, topic: string): Promise<KafkaMessage[]> {
  const read: KafkaMessage[] = []
  await readToEnd(kafka, {
    topic,
    groupId: `group-${randomUUID()}`,
    fromCommitted: false,
    commits: false,
    onMessages: async (messages) => {
      read.push(...messages)
    },
  })
  return read
}
