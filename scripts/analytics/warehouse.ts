/** `npm run warehouse`: queries the warehouse of the local system, or of an environment on AWS, in SQL. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { callerDirectory } from '../config.ts'
import { runCommand } from '../run-command.ts'
import { formatResult, type TextFormat, textFormats } from './warehouse/format-result.ts'
import { openSession } from './warehouse/open-session.ts'
import { runPrompt } from './warehouse/run-prompt.ts'
import { writeParquet } from './warehouse/write-parquet.ts'

const usage = `Usage: npm run warehouse [-- -c "SELECT …"] [--format FORMAT] [--output FILE] [--env NAME]

Queries the views of deploy/analytics, in the SQL of Redshift. Without -c it shows a prompt.

  -c SQL          run this statement and exit
  --format FORMAT table (default), csv, json or parquet
  --output FILE   write the result to this file; required for parquet
  --env NAME      query the Redshift warehouse of this environment, with the AWS credentials of the shell (AWS_PROFILE, …);
                  the role hashgate-NAME-viewer can read the views. Default: the system that "npm start" runs here, in DuckDB

Example:  npm run warehouse -- -c "SELECT * FROM analytics.uploads_per_day"`

const formats = [...textFormats, 'parquet'] as const

await runCommand(main)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      command: { type: 'string', short: 'c' },
      format: { type: 'string', default: 'table' },
      output: { type: 'string' },
      env: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const { command, env, output } = values
  const format = formats.find((known) => known === values.format)
  if (!format) throw new Error(`--format must be one of ${formats.join(', ')}, not "${values.format}".`)
  if (format === 'parquet' && !output) throw new Error('--format parquet needs --output FILE.')
  if (output && command === undefined) throw new Error('--output needs a statement: -c "SELECT …".')
  process.chdir(callerDirectory())
  const open = () => openSession(env)
  if (command === undefined) {
    const { stdin: input, stdout } = process
    const failures = await runPrompt({ open, format: format as TextFormat, input, output: stdout })
    return failures === 0 || input.isTTY ? 0 : 1
  }
  const session = await open()
  try {
    const result = await session.query(command)
    if (result.rows.length === 0) console.error('No rows.')
    if (format === 'parquet') await writeParquet(result, output ?? '')
    else if (output) await writeFile(output, `${formatResult(result, format)}\n`)
    else if (result.rows.length > 0 || format !== 'table') console.log(formatResult(result, format))
    return 0
  } finally {
    await session.close()
  }
}
