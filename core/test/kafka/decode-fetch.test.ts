import { gzipSync } from 'node:zlib'
import t from 'tap'
import { decodeFetchResponse, registerFetchDecoder } from '../../kafka/decode-fetch.ts'
import { toKafkaMessage } from '../../kafka/kafka-message.ts'
import { encodeBatch, encodeFetchResponse } from './encode-fetch.ts'

registerFetchDecoder()

const record = (text: string) => ({ value: Buffer.from(text) })
const after = encodeBatch({ firstOffset: 20, records: [record('after')] })

/** The messages of every partition, as our readers get them. */
async function decode(...partitions: Buffer[][]) {
  const { responses } = await decodeFetchResponse(encodeFetchResponse(...partitions))
  const [topic] = responses
  return (topic?.partitions ?? []).map(({ partition, messages }) =>
    messages.map((message) => toKafkaMessage({ topic: 'topic', partition }, message)),
  )
}

const unreadableBatches = {
  'with an unknown codec': [{ codec: 5 }, 'the codec 5 is unknown'],
  'that is damaged': [{ codec: 1, compressed: Buffer.from('no gzip') }, 'codec gzip: incorrect header check'],
  'with fewer records than declared': [{ codec: 1, compressed: gzipSync('') }, /codec gzip: .*outside/],
  'with more records than fit': [{ recordCount: 100_001 }, 'more than 100000 records'],
} as const

for (const [title, [batch, why]] of Object.entries(unreadableBatches)) {
  t.test(`a batch ${title} is one message at its last offset, and other batches are read`, async (t) => {
    const bad = encodeBatch({ firstOffset: 10, records: [record('a'), record('b')], ...batch })
    const lastOffset = 'recordCount' in batch ? 9 + batch.recordCount : 11
    const [first, second] = await decode([bad, after], [after])
    t.match(first, [
      { offset: `${lastOffset}`, key: null, value: null, headers: [], timestamp: 1_790_000_000_000 },
      { offset: '20', value: Buffer.from('after') },
    ])
    t.match(first?.[0]?.unreadable, `the batch with the offsets 10 to ${lastOffset} cannot be read: `)
    t.match(first?.[0]?.unreadable, why)
    t.match(second, [{ offset: '20', value: Buffer.from('after') }])
  })
}

t.test('headers with any names and values, in any number, are read', async (t) => {
  const names = Object.getOwnPropertyNames(Object.prototype)
  const headers = names.flatMap((name): [string, Buffer | null][] => [
    [name, null],
    [name, Buffer.from('text')],
    [name, null],
  ])
  const [messages] = await decode([encodeBatch({ firstOffset: 0, records: [{ value: null, headers }] })])
  const read = messages?.[0]?.headers.map(({ name, value }) => [name, String(value)])
  t.strictSame(read?.sort(), headers.map(([name, value]) => [name, String(value ?? '')]).sort())
})

t.test('a batch that the broker cut off is left for the next fetch', async (t) => {
  const [messages] = await decode([after, after.subarray(0, -1)])
  t.equal(messages?.length, 1)
})

t.test('batches that exceed the memory of one response are left for the next fetch', async (t) => {
  const value = Buffer.alloc(20_000_000)
  const compressed = (firstOffset: number) => {
    const plain = encodeBatch({ firstOffset, records: [{ value }] })
    return encodeBatch({
      firstOffset,
      records: [{ value }],
      codec: 1,
      compressed: gzipSync(plain.subarray(61)),
    })
  }
  const [first, second] = await decode([compressed(0), compressed(1), compressed(2)], [after])
  t.strictSame(
    first?.map(({ offset }) => offset),
    ['0', '1'],
  )
  t.strictSame(second, [])
})
