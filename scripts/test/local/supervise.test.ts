import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { supervise } from '../../local/supervise.ts'

function start(t: Test, program: string, oldLog: string) {
  const directory = t.testdir({ 'program.mjs': program, logs: { 'gateway.log': oldLog } })
  const started = supervise({
    name: 'gateway',
    program: pathToFileURL(join(directory, 'program.mjs')),
    environment: () => ({}),
    logFile: join(directory, 'logs', 'gateway.log'),
    onReady: () => {},
    onRestart: () => {},
  })
  const readLog = (name: string) => readFile(join(directory, 'logs', name), 'utf8')
  return { started, readLog }
}

t.test('a failed start shows the log of this run only', async (t) => {
  const program = 'console.error("fault of this run"); process.exit(1)'
  const { started, readLog } = start(t, program, 'fault of the run before\n')
  const error: Error = await started.then(
    () => t.fail('it started'),
    (error) => error,
  )
  t.match(error.message, /^The gateway did not start\.\nThe end of .*gateway\.log:\n {2}fault of this run$/)
  t.equal(await readLog('gateway.previous.log'), 'fault of the run before\n', 'the previous log is kept')
})

t.test('the log of a started program has the output of this run only', async (t) => {
  const ready = '{ ready: true, url: "http://127.0.0.1:1" }'
  const program = `console.log("hello"); process.send(${ready}); setInterval(() => {}, 1_000)`
  const { started, readLog } = start(t, program, 'the run before\n')
  await (await started).stop()
  t.equal(await readLog('gateway.log'), 'hello\n')
})
