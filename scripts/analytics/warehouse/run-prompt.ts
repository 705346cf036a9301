import { createInterface } from 'node:readline'
import { describeViews } from './describe-views.ts'
import { formatResult, type TextFormat } from './format-result.ts'
import type { Session } from './session.ts'

const help = `A statement ends with ";", for example:  SELECT * FROM analytics.uploads_per_day;
  \\d  lists the views      \\d VIEW  lists its columns      \\r  reads the data again      \\q  quits      \\?  shows this`

interface Options {
  open: () => Promise<Session>
  format: TextFormat
  input: NodeJS.ReadableStream & { isTTY?: boolean }
  output: NodeJS.WritableStream
}

/**
 * Answers statements until the input ends or says `\q`. An error is printed, and the next statement is read. Shows a prompt only on a
 * terminal.
 * @returns the number of statements that failed
 */
export async function runPrompt({ open, format, input, output }: Options): Promise<number> {
  let session = await open()
  const say = (text: string) => output.write(`${text}\n`)
  const lines = createInterface({ input, output, terminal: input.isTTY === true })
  // On a terminal Ctrl-C is a key, not a signal. Redshift's statement is cancelled by the signal.
  lines.on('SIGINT', () => {
    lines.close()
    process.kill(process.pid, 'SIGINT')
  })
  const prompt = (text: string) => input.isTTY && output.write(text)
  let statement = ''
  let failures = 0
  if (input.isTTY) say(help)
  prompt('hashgate> ')
  try {
    for await (const line of lines) {
      const command = statement === '' ? line.trim() : ''
      if (command === '\\q') break
      if (command === '\\?') say(help)
      else if (/^\\d\b/.test(command)) say(formatResult(describeViews(command.slice(2).trim()), format))
      else if (command === '\\r') session = await reopen(session, open)
      else statement = `${statement}\n${line}`.trim()
      if (statement.endsWith(';')) {
        const { text, failed } = await answer(session, statement.slice(0, -1), format)
        say(text)
        statement = ''
        if (failed) failures += 1
      }
      prompt(statement === '' ? 'hashgate> ' : '      ... ')
    }
  } finally {
    lines.close()
    await session.close()
  }
  return failures
}

/** Keeps the session that is open if there is no other. */
async function reopen(session: Session, open: () => Promise<Session>): Promise<Session> {
  const next = await open()
  await session.close()
  return next
}

async function answer(session: Session, sql: string, format: TextFormat) {
  try {
    const result = await session.query(sql)
    const isEmpty = result.rows.length === 0 && format === 'table'
    return { text: isEmpty ? 'No rows.' : formatResult(result, format), failed: false }
  } catch (error) {
    return { text: (error as Error).message, failed: true }
  }
}
