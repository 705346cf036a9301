import { topics } from '../../core/events.ts'
import { connectServicesKafka } from './connect-services-kafka.ts'

/** Makes the topics of a prefix in the services' Kafka, and waits until each partition has a leader. */
export async function createTopics(prefix: string): Promise<void> {
  const admin = (await connectServicesKafka()).admin()
  const names = Object.values(topics).map((topic) => prefix + topic)
  await admin.connect()
  try {
    await admin.createTopics({ topics: names.map((topic) => ({ topic })), waitForLeaders: false })
    for (;;) {
      const found = await admin.fetchTopicMetadata({ topics: names }).catch(() => undefined)
      if (found?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return
    }
  } finally {
    await admin.disconnect()
  }
}
