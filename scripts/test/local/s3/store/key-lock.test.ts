import t from 'tap'
import { createKeyLock } from '../../../../local/s3/store/key-lock.ts'

t.test('tasks of one key run in turn, even after one fails; other keys do not wait', async (t) => {
  const runAlone = createKeyLock()
  const first = Promise.withResolvers<void>()
  const log: string[] = []
  const failing = runAlone('a', async () => {
    await first.promise
    log.push('a1')
    throw new Error('failed')
  })
  const waiting = runAlone('a', async () => log.push('a2'))
  await runAlone('b', async () => log.push('b'))
  first.resolve()
  await t.rejects(failing, { message: 'failed' })
  await waiting
  t.same(log, ['b', 'a1', 'a2'])
})
