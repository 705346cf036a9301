import { randomUUID } from 'node:crypto'
import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { createKafka } from '../../kafka/kafka-client.ts'
import { openProducer } from '../../kafka/producer.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { readTopic } from './contract/read-topic.ts'
import { testReadingContract } from './contract/reading-contract.ts'

const { connection, createTopics, setting } = await connectServices()
const plaintextBrokers = setting('KAFKA_PLAINTEXT_BROKERS')
await testReadingContract(t, { name: 'Kafka over SASL_SSL', connection, createTopics, plaintextBrokers })

for (const codec of ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd']) {
  t.test(`a topic whose broker compresses with ${codec} is read`, async (t) => {
    const logger = createLogger('test', 'silent')
    const kafka = createKafka({ ...connection, clientId: 'hashgate-test', logger })
    const topic = `compressed-${randomUUID()}`
    const admin = kafka.admin()
    await admin.connect()
    t.teardown(() => admin.disconnect())
    const configEntries = [{ name: 'compression.type', value: codec }]
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 3, configEntries }] })
    const values = Array.from({ length: 300 }, (_, index) => `${index} `.repeat(300))
    const producer = await openProducer(kafka)
    t.teardown(producer.close)
    const messages = values.map((value) => ({ key: 'key', value, headers: { codec } }))
    await producer.send([{ topic, messages }], { compress: false })
    const read = await readTopic(kafka, topic)
    t.strictSame(
      read.map(({ value }) => String(value)),
      values,
    )
  })
}
