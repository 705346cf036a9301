import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('one broker down, then all: every upload is granted and no image is lost', async (t) => {
  const { code, output, figures } = await runQuietly(t, 'broker-outage')
  t.strictSame(figures, { accepted: 2_000, ready: 2_000, lost: 0, duplicatedEffects: 0 })
  t.match(output, /the gateway answered 201 × 2000, 202 × 2000$/m, 'every response is a 201 or a 202')
  t.equal(code, 0)
})
