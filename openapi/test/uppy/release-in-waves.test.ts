import t from 'tap'
import { createWaves } from '../../packages/uppy/src/release-in-waves.ts'

t.test('tasks that arrive while others run are started together when few are left', async (t) => {
  const inWaves = createWaves({ lowWater: 1, maxWave: 3 })
  const started: number[] = []
  const tasks = Array.from({ length: 9 }, () => Promise.withResolvers<void>())
  const done = tasks.map(({ promise }, index) =>
    inWaves(() => {
      started.push(index)
      return promise
    }),
  )
  const finish = async (index: number) => {
    tasks[index]?.resolve()
    await done[index]
    await new Promise(setImmediate)
  }
  await new Promise(setImmediate)
  t.strictSame(started, [0, 1])
  await finish(0)
  t.strictSame(started, [0, 1, 2, 3, 4], 'at most three tasks join the last one')
  for (const index of [2, 1]) await finish(index)
  t.equal(started.length, 5, 'two are left')
  await finish(3)
  t.equal(started.length, 8)
  for (const { resolve } of tasks) resolve()
  await Promise.all(done)
  t.equal(started.length, 9)
})

t.test('a task that fails also frees its slot', async (t) => {
  const inWaves = createWaves({ lowWater: 0, maxWave: 1 })
  const failed = inWaves(() => Promise.reject(new Error('failed')))
  const next = inWaves(async () => 'started')
  await t.rejects(failed, { message: 'failed' })
  t.equal(await next, 'started')
})
