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
 * Answers statements until the input ends or says `\q`. An error is printed, and the next statement is read. The last statement of a pipe
 * needs no ";". Shows a prompt only on a terminal.
 * @returns the number of statements and of `\r` that failed
 * @throws Error when the warehouse cannot be opened at first
 */
export async function runPrompt({ open, format, input, output }: Options): Promise<number> {
  let session = await open()
  const say = (text: string) => output.write(`${text}\n`)
  const lines = createInterface({ input, output, terminal: input.isTTY === true })
  // readline receives Ctrl-C as a key. Pass it on as a signal, which cancels the statement on Redshift.
  lines.on('SIGINT', () => {
    lines.close()
    process.kill(process.pid, 'SIGINT')
  })
  const prompt = (text: string) => input.isTTY && output.write(text)
  let statement = ''
  let failures = 0
  const run = async (sql: string) => {
    const { text, failed } = await answer(session, sql, format)
    say(text)
    if (failed) failures += 1
  }
  /** Keeps the session if no other can be opened, for example because the system has been stopped. */
  const reopen = async () => {
    try {
      const next = await open()
      await session.close()
      session = next
    } catch (error) {
      say((error as Error).message)
      failures += 1
    }
  }
  if (input.isTTY) say(help)
  prompt('hashgate> ')
  try {
    for await (const line of lines) {
      const command = statement === '' ? line.trim() : ''
      if (command === '\\q') break
      if (command === '\\?') say(help)
      else if (/^\\d\b/.test(command)) say(formatResult(describeViews(command.slice(2).trim()), format))
      else if (command === '\\r') await reopen()
      else statement = `${statement}\n${line}`.trim()
      if (statement.endsWith(';')) {
        await run(statement.slice(0, -1))
        statement = ''
      }
      prompt(statement === '' ? 'hashgate> ' : '      ... ')
    }
    if (statement !== '' && !input.isTTY) await run(statement)
  } finally {
    lines.close()
    await session.close()
  }
  return failures
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
