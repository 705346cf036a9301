import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('gateway killed under load: every request with a 2xx has its record and its event', async (t) => {
  const { code, output, figures } = await runQuietly(t, 'gateway-killed')
  t.strictSame(figures, { accepted: 500, ready: 500, lost: 0, duplicatedEffects: 0 })
  t.match(output, /the gateway was killed [1-9]\d* times/)
  t.equal(code, 0)
})
