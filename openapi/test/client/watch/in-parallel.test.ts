import t from 'tap'
import { inParallel } from '../../../packages/client/src/watch/in-parallel.ts'

t.test('works on at most `max` items at a time, and returns results in order of completion', async (t) => {
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<string>())
  const started: number[] = []
  const results = inParallel([0, 1, 2, 3, 4], 2, (item) => {
    started.push(item)
    return gates[item]?.promise ?? Promise.reject()
  })
  const first = results.next()
  t.strictSame(started, [0, 1])
  gates[1]?.resolve('b')
  t.strictSame(await first, { done: false, value: 'b' })
  t.strictSame(started, [0, 1, 2])
  for (const [index, gate] of gates.entries()) gate.resolve('abcde'[index] ?? '')
  t.strictSame((await Array.fromAsync(results)).toSorted(), ['a', 'c', 'd', 'e'])
})

t.test('the first error is thrown, and later ones cause no unhandled rejection', async (t) => {
  const fail = async (item: string) => {
    throw new Error(item)
  }
  await t.rejects(Array.fromAsync(inParallel(['a', 'b', 'c'], 2, fail)), { message: 'a' })
  t.strictSame(await Array.fromAsync(inParallel([], 2, fail)), [])
})
