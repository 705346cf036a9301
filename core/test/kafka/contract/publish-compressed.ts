import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { KafkaClient as LibrdkafkaClient } from 'kafka-crab-js'
import kafkajs from 'kafkajs'
import type { KafkaClient } from '../../../kafka/kafka-client.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs
const zstdCompressAsync = promisify(zstdCompress)

interface Messages {
  topic: string
  key: string
  values: Buffer[]
}

/** Publishes the values in one batch, of up to 100 MB. @param brokers without SASL or TLS */
export async function publishWithLibrdkafka(
  brokers: string,
  { topic, key, values, codec }: Messages & { codec: 'none' | 'gzip' | 'snappy' | 'lz4' },
): Promise<void> {
  const client = new LibrdkafkaClient({ brokers, clientId: 'hashgate-test', logLevel: 'error' })
  const producer = client.createProducer({
    configuration: {
      'compression.codec': codec,
      'linger.ms': '100',
      'message.max.bytes': '100000000',
      'batch.size': '100000000',
    },
  })
  await producer.send({ topic, messages: values.map((payload) => ({ key: Buffer.from(key), payload })) })
}

/** Publishes the values in one batch with kafkajs. The librdkafka of our tests is built without zstd. */
export async function publishWithZstd(kafka: KafkaClient, { topic, key, values }: Messages): Promise<void> {
  const { decompress } = CompressionCodecs[CompressionTypes.ZSTD]()
  const compress = ({ buffer }: { buffer: Buffer }) => zstdCompressAsync(buffer)
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({ compress, decompress })
  const producer = kafka.producer()
  await producer.connect()
  try {
    const messages = values.map((value) => ({ key, value }))
    await producer.send({ topic, compression: CompressionTypes.ZSTD, messages })
  } finally {
    await producer.disconnect()
  }
}
