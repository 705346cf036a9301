import t from 'tap'
import { joinHeaders, toKafkaMessage } from '../../kafka/kafka-message.ts'

const position = { topic: 'dev.image.processed', partition: 2 }
const message = {
  offset: '7',
  timestamp: '1790000000000',
  key: Buffer.from('key'),
  value: null,
  attributes: 0,
  headers: { twice: [Buffer.from('one'), Buffer.from([0xff])], once: 'text' },
}

t.test('a message is read with its topic, its position and every header value', async (t) => {
  t.match(toKafkaMessage(position, message), {
    topic: 'dev.image.processed',
    partition: 2,
    offset: '7',
    timestamp: 1_790_000_000_000,
    headers: [
      { name: 'twice', value: Buffer.from('one') },
      { name: 'twice', value: Buffer.from([0xff]) },
      { name: 'once', value: Buffer.from('text') },
    ],
  })
})

t.test('joined headers are read back unchanged', async (t) => {
  const { headers } = toKafkaMessage(position, message)
  t.strictSame(toKafkaMessage(position, { ...message, headers: joinHeaders(headers) }).headers, headers)
})
