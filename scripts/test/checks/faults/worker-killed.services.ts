import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('the worker killed again and again: nothing is lost, nothing done twice', async (t) => {
  const { code, said, figures } = await runQuietly(t, 'worker-killed')
  t.strictSame(figures, { accepted: 500, ready: 500, lost: 0, duplicatedEffects: 0 })
  t.match(said, /the worker was killed [1-9]\d* times/)
  t.equal(code, 0)
})
