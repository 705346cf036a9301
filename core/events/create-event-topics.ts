import { createTopics, type TopicState } from '../kafka/admin/create-topics.ts'
import type { KafkaClient } from '../kafka/kafka-client.ts'
import { topics } from './image-events.ts'

interface EventTopicsOptions {
  topicPrefix: string
  partitions: number
  retentionDays: number
}

/** Creates or corrects the topics of all events and of the dead letters. @throws Error when one has no leaders after 30 seconds */
export function createEventTopics(
  kafka: KafkaClient,
  { topicPrefix, ...options }: EventTopicsOptions,
): Promise<TopicState[]> {
  return createTopics(kafka, { names: Object.values(topics).map((topic) => topicPrefix + topic), ...options })
}
