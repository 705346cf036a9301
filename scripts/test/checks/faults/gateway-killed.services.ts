import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('the gateway killed under load: what got a 2xx has its record and its event', async (t) => {
  const { code, said, figures } = await runQuietly(t, 'gateway-killed')
  t.strictSame(figures, { accepted: 500, ready: 500, lost: 0, duplicatedEffects: 0 })
  t.match(said, /the gateway was killed [1-9]\d* times/)
  t.equal(code, 0)
})
