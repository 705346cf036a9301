import { test } from 'tap'
import { createAttemptCounter } from '../../triggers/attempt-counter.ts'

test('each is counted for itself, and can be forgotten', async (t) => {
  const tries = createAttemptCounter()
  t.strictSame([tries.add('a'), tries.add('b'), tries.add('a')], [1, 1, 2])
  tries.forget('a')
  t.equal(tries.add('a'), 1)
  t.equal(tries.add('b'), 2)
})

test('what was not tried for long is forgotten, so memory stays bounded', async (t) => {
  const tries = createAttemptCounter()
  tries.add('old')
  tries.add('kept')
  for (let other = 0; other < 9_998; other++) tries.add(`other-${other}`)
  t.equal(tries.add('kept'), 2)
  tries.add('one more')
  t.equal(tries.add('old'), 1)
  t.equal(tries.add('kept'), 3)
})
