import t from 'tap'
import { runQuietly } from './run-quietly.ts'

t.test('worker killed repeatedly: no image is lost and no effect duplicated', async (t) => {
  const { code, output, figures } = await runQuietly(t, 'worker-killed')
  t.strictSame(figures, { accepted: 500, ready: 500, lost: 0, duplicatedEffects: 0 })
  t.match(output, /the worker was killed [1-9]\d* times/)
  t.equal(code, 0)
})
