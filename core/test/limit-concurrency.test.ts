import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'tap'
import { limitConcurrency } from '../limit-concurrency.ts'

test('tasks run in order, never more than the limit at a time, and a failed task frees its slot', async (t) => {
  const limit = limitConcurrency(3)
  const started: number[] = []
  let running = 0
  let most = 0
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      limit(async () => {
        started.push(index)
        most = Math.max(most, ++running)
        await nextTurn()
        running--
        if (index % 2) throw new Error('odd')
        return index
      }),
    ),
  )
  t.equal(most, 3)
  t.strictSame(started, [...Array(20).keys()])
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 10)
  t.equal(await limit(async () => 'still working'), 'still working')
})

test('a task that takes all slots runs alone and is not overtaken', async (t) => {
  const limit = limitConcurrency(3)
  const order: string[] = []
  let running = 0
  const task = (name: string, mayHaveOthers: boolean) => async () => {
    running++
    order.push(name)
    t.ok(mayHaveOthers || running === 1, name)
    await new Promise(setImmediate)
    t.ok(mayHaveOthers || running === 1, name)
    running--
  }
  await Promise.all([
    limit(task('first', true)),
    limit(task('alone', false), 10),
    limit(task('second', true)),
    limit(task('third', true)),
  ])
  t.strictSame(order, ['first', 'alone', 'second', 'third'])
})
