import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('every S3 event delivered six times among Kafka events: one effect', async (t) => {
  const { code, output, figures } = await runQuietly(t, 'repeated-events')
  t.strictSame(figures, { accepted: 300, ready: 300, lost: 0, duplicatedEffects: 0 })
  t.match(output, '300 S3 events were delivered 1800 times, among 300 more Kafka events')
  t.equal(code, 0)
})
