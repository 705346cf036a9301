import t from 'tap'
import { isAlive } from '../../../services/process/process-record.ts'
import { stopProcess } from '../../../services/process/stop-process.ts'
import { startSleeper } from './start-sleeper.ts'

t.test('a process exits on SIGTERM', async (t) => {
  const sleeper = await startSleeper(t)
  t.equal(await stopProcess(sleeper, 30_000), 'ended')
  t.notOk(isAlive(sleeper))
})

t.test('a process that ignores SIGTERM is killed', async (t) => {
  const sleeper = await startSleeper(t, 'SIGTERM')
  t.equal(await stopProcess(sleeper, 200), 'killed')
  t.notOk(isAlive(sleeper))
})

t.test('a later process with the same PID receives no signal', async (t) => {
  const sleeper = await startSleeper(t)
  t.equal(await stopProcess({ ...sleeper, startMark: 'an earlier start' }, 200), 'gone')
  t.ok(isAlive(sleeper))
  t.equal(sleeper.child.signalCode, null)
})

t.test('an ended process is reported as gone', async (t) => {
  const sleeper = await startSleeper(t)
  await sleeper.end()
  t.equal(await stopProcess(sleeper, 200), 'gone')
})
