import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { pollUntil } from '../../../../scripts/testkit/poll-until.ts'
import { startConsumer } from '../../../kafka/consumer.ts'
import { createKafka, type KafkaOptions } from '../../../kafka/kafka-client.ts'
import type { KafkaMessage } from '../../../kafka/kafka-message.ts'
import { createLogger } from '../../../telemetry/logger.ts'
import { publishWithLibrdkafka, publishWithZstd } from './publish-compressed.ts'
import { readTopic } from './read-topic.ts'

export interface ReadingContractOptions {
  name: string
  connection: Omit<KafkaOptions, 'clientId' | 'logger'>
  /** The same cluster without SASL or TLS. */
  plaintextBrokers: string
  createTopics?: (names: string[]) => Promise<void>
}

type Codec = (typeof codecs)[number]

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const objectPrototypeNames = Object.getOwnPropertyNames(Object.prototype)

/** Tests on any Kafka cluster that a reader gets past every message. */
export async function testReadingContract(t: Test, options: ReadingContractOptions): Promise<void> {
  await t.test(`reading contract: ${options.name}`, async (t) => {
    const logger = createLogger('test', 'silent')
    const kafka = createKafka({ ...options.connection, clientId: 'hashgate-test', logger })

    async function setUp(t: Test) {
      const topic = `reading-${randomUUID()}`
      await options.createTopics?.([topic])
      const publish = (codec: Codec, ...values: Buffer[]) =>
        codec === 'zstd'
          ? publishWithZstd(kafka, { topic, key: 'key', values })
          : publishWithLibrdkafka(options.plaintextBrokers, { topic, codec, key: 'key', values })

      /** The messages that a consumer has received, at least `count`. */
      async function receive(count: number): Promise<KafkaMessage[]> {
        const received: KafkaMessage[] = []
        const consumer = startConsumer(kafka, {
          groupId: `group-${randomUUID()}`,
          topics: [topic],
          concurrency: 1,
          handleBatch: async (messages) => {
            received.push(...messages)
            return []
          },
          logger,
        })
        t.teardown(consumer.close)
        await pollUntil(() => received.length >= count)
        return received
      }

      return { topic, publish, receive }
    }

    for (const codec of codecs) {
      t.test(`a batch compressed with ${codec} is read`, async (t) => {
        const { publish, receive } = await setUp(t)
        const values = Array.from({ length: 200 }, (_, index) => Buffer.from(`${index} `.repeat(200)))
        await publish(codec, ...values)
        const received = await receive(values.length)
        t.strictSame(
          received.map(({ value }) => value),
          values,
        )
      })
    }

    t.test('headers named like the properties of every object arrive unchanged', async (t) => {
      const { topic, receive } = await setUp(t)
      const producer = kafka.producer()
      await producer.connect()
      t.teardown(() => producer.disconnect())
      for (const name of objectPrototypeNames) {
        const headers = Object.fromEntries([[name, [Buffer.from('one'), Buffer.from('two')]]])
        await producer.send({ topic, messages: [{ key: 'key', value: name, headers }] })
      }
      const received = await receive(objectPrototypeNames.length)
      for (const { value, headers } of received) {
        const name = String(value)
        t.strictSame(headers, [
          { name, value: Buffer.from('one') },
          { name, value: Buffer.from('two') },
        ])
      }
      t.strictSame(
        received.map(({ value }) => String(value)),
        objectPrototypeNames,
      )
    })

    t.test('a batch that is too large once decompressed becomes one unreadable message', async (t) => {
      const { topic, publish, receive } = await setUp(t)
      const large = Buffer.alloc(17_000_000)
      await publish('none', Buffer.from('before'))
      await publish('gzip', large, large)
      await publish('none', Buffer.from('after'))
      const received = await receive(3)
      t.match(received, [
        { offset: '0', value: Buffer.from('before'), unreadable: undefined },
        { offset: '2', value: null, unreadable: /offsets 1 to 2 cannot be read: codec gzip: .*33554432/ },
        { offset: '3', value: Buffer.from('after'), unreadable: undefined },
      ])
      t.strictSame(await readTopic(kafka, topic), received, 'replays read the same')
    })
  })
}
