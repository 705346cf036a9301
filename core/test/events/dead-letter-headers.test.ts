import t from 'tap'
import {
  addDeadLetterHeaders,
  type DeadLetterFacts,
  readDeadLetterHeaders,
  withoutDeadLetterHeaders,
} from '../../events/dead-letter-headers.ts'

const facts: DeadLetterFacts = {
  reason: 'no_raw_key',
  message: 'the event names no raw key',
  topic: 'dev.image.upload.completed',
  partition: 3,
  offset: '1207',
  timestamp: '2026-11-22T10:00:00.000Z',
  failedAt: '2026-11-22T10:00:01.250Z',
}
const own = [
  { name: 'content-type', value: Buffer.from('application/json') },
  { name: 'twice', value: Buffer.from('one') },
  { name: 'twice', value: Buffer.from([0xff]) },
]

t.test('the facts are added as text headers', async (t) => {
  const headers = addDeadLetterHeaders([], facts)
  const texts = headers.map(({ name, value }) => [name, String(value)])
  t.strictSame(Object.fromEntries(texts), {
    'dead-letter-reason': 'no_raw_key',
    'dead-letter-message': 'the event names no raw key',
    'dead-letter-topic': 'dev.image.upload.completed',
    'dead-letter-partition': '3',
    'dead-letter-offset': '1207',
    'dead-letter-timestamp': '2026-11-22T10:00:00.000Z',
    'dead-letter-failed-at': '2026-11-22T10:00:01.250Z',
  })
})

t.test('the facts are read back, and the original headers can be restored', async (t) => {
  const headers = addDeadLetterHeaders(own, facts)
  t.strictSame(readDeadLetterHeaders(headers), facts)
  t.strictSame(withoutDeadLetterHeaders(headers), own)
})

t.test('a second failure replaces the facts of the first', async (t) => {
  const before = addDeadLetterHeaders(own, facts)
  const again = addDeadLetterHeaders(before, { ...facts, reason: 'unexpected_error' })
  t.match(readDeadLetterHeaders(again), { reason: 'unexpected_error' })
  t.equal(again.length, before.length)
})

t.test('headers of a message that is not a dead letter return undefined', async (t) => {
  t.equal(readDeadLetterHeaders(own), undefined)
})
