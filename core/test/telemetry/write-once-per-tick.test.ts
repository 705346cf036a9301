import { execFile } from 'node:child_process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { writeOncePerTick } from '../../telemetry/write-once-per-tick.ts'

const execute = promisify(execFile)

t.test('lines of one turn of the event loop are written together, in order', async (t) => {
  const written: string[] = []
  const destination = writeOncePerTick({ write: (text: string) => written.push(text), flushSync: () => {} })
  destination.write('1\n')
  await Promise.resolve().then(() => destination.write('2\n'))
  t.strictSame(written, [], 'nothing is written during the turn')
  await nextTurn()
  t.strictSame(written, ['1\n2\n'])
  destination.write('3\n')
  await nextTurn()
  t.strictSame(written, ['1\n2\n', '3\n'])
})

t.test('flushing writes at once', async (t) => {
  const calls: string[] = []
  const destination = writeOncePerTick({
    write: (text: string) => calls.push(text),
    flushSync: () => calls.push('flush'),
  })
  destination.flushSync()
  t.strictSame(calls, [], 'without lines, nothing is called')
  destination.write('1\n')
  destination.flushSync()
  t.strictSame(calls, ['1\n', 'flush'])
  await nextTurn()
  t.strictSame(calls, ['1\n', 'flush'], 'nothing is written twice')
})

t.test('no write is longer than the limit, except for a longer line', async (t) => {
  const written: string[] = []
  const destination = writeOncePerTick(
    { write: (text: string) => written.push(text), flushSync: () => {} },
    4,
  )
  for (const line of ['1\n', '2\n', '3\n', 'longer\n', '4\n']) destination.write(line)
  await nextTurn()
  t.strictSame(written, ['1\n2\n', '3\n', 'longer\n', '4\n'])
})

const endings = {
  'an exit in the same turn': 'process.exit(3)',
  'an uncaught error': 'throw new Error("uncaught")',
  'a fatal line before an abort': 'logger.fatal("last"); process.abort()',
}

for (const [name, ending] of Object.entries(endings)) {
  t.test(`no line is lost by ${name}`, async (t) => {
    const program = `
      import { pino } from 'pino'
      import { createLogger } from './core/telemetry/logger.ts'
      import { writeOncePerTick } from './core/telemetry/write-once-per-tick.ts'
      const logger = createLogger('test', 'info', writeOncePerTick(pino.destination({ dest: 1, sync: true })))
      for (let line = 0; line < 1000; line += 1) logger.info({ line }, 'before the end')
      ${ending}`
    const cwd = new URL('../../..', import.meta.url)
    const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', program], {
      cwd,
    }).catch((error) => error)
    const lines = stdout.trim().split('\n').map(JSON.parse)
    t.equal(lines.filter(({ msg }: { msg: string }) => msg === 'before the end').length, 1000)
  })
}
