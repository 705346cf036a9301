import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { runPrompt } from '../../../analytics/warehouse/run-prompt.ts'
import type { Session } from '../../../analytics/warehouse/session.ts'

/** Runs a prompt on these lines. @param sessions in the order in which they are opened; after the last, no system is running */
async function run(lines: string, sessions: Session[]) {
  const output = new PassThrough()
  const open = async () => {
    const session = sessions.shift()
    if (!session) throw new Error('No system is running.')
    return session
  }
  const failures = await runPrompt({ open, format: 'csv', input: Readable.from([lines]), output })
  output.end()
  return { failures, printed: await text(output) }
}

/** A warehouse that returns its name and the statement. */
function createSession(name: string) {
  const state = { isOpen: true }
  const query = async (sql: string) => ({
    columns: [
      { name: 'warehouse', type: 'VARCHAR' },
      { name: 'sql', type: 'VARCHAR' },
    ],
    rows: [{ warehouse: name, sql }],
  })
  const close = async () => {
    state.isOpen = false
  }
  return { query, close, state }
}

t.test('the last statement of a pipe needs no semicolon', async (t) => {
  const session = createSession('first')
  const { failures, printed } = await run('SELECT 1;\nSELECT 2\n  FROM t\n', [session])
  t.equal(failures, 0)
  t.equal(printed, 'warehouse,sql\r\nfirst,SELECT 1\nwarehouse,sql\r\nfirst,"SELECT 2\n  FROM t"\n')
  t.notOk(session.state.isOpen)
})

t.test('\\r reads the data again, or keeps it if the system has been stopped', async (t) => {
  const [first, second] = [createSession('first'), createSession('second')]
  const { failures, printed } = await run('\\r\nSELECT 1;\n\\r\nSELECT 2;\n', [first, second])
  t.equal(failures, 1)
  t.match(printed, /second,SELECT 1\nNo system is running\.\nwarehouse,sql\r\nsecond,SELECT 2\n$/)
  t.notOk(first.state.isOpen || second.state.isOpen)
})
