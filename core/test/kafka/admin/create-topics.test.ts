import t from 'tap'
import { createTopics } from '../../../kafka/admin/create-topics.ts'
import type { KafkaClient } from '../../../kafka/kafka-client.ts'

const options = { names: ['image.processed'], partitions: 1, retentionDays: 7 }

/** A cluster whose brokers do not have the topic yet for the first `unknownAnswers` responses. */
function createClusterDouble(unknownAnswers: number, type = 'UNKNOWN_TOPIC_OR_PARTITION') {
  const left = new Map<string, number>()
  function answer<T>(question: string, value: T): Promise<T> {
    const remaining = left.get(question) ?? unknownAnswers
    left.set(question, remaining - 1)
    // kafkajs throws this after its own retries.
    if (remaining > 0) return Promise.reject(Object.assign(new Error(type), { cause: { type } }))
    return Promise.resolve(value)
  }
  const partitions = [{ leader: 1, replicas: [1] }]
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    describeCluster: async () => ({ brokers: [{}] }),
    listTopics: async () => [],
    createTopics: async () => true,
    fetchTopicMetadata: async () => ({ topics: [{ name: 'image.processed', partitions }] }),
    describeConfigs: () =>
      answer('describeConfigs', { resources: [{ resourceName: 'image.processed', configEntries: [] }] }),
    alterConfigs: () => answer('alterConfigs', undefined),
  }
  return { admin: () => admin } as unknown as KafkaClient
}

t.test('a request to a broker that does not have a new topic yet is retried', async (t) => {
  const states = await createTopics(createClusterDouble(2), options)
  t.strictSame(states, [{ topic: 'image.processed', partitions: 1, replicas: 1, outcome: 'created' }])
})

t.test('any other error ends the command at once', async (t) => {
  const cluster = createClusterDouble(2, 'TOPIC_AUTHORIZATION_FAILED')
  await t.rejects(createTopics(cluster, options), { message: 'TOPIC_AUTHORIZATION_FAILED' })
})
