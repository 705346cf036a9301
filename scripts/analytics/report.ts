/** `npm run report`: writes a report about a period as one HTML page that loads nothing. */
import { parseArgs } from 'node:util'
import { callerDirectory } from '../config.ts'
import { runCommand } from '../run-command.ts'
import { writeReport } from './report/write-report.ts'
import { openSession } from './warehouse/open-session.ts'

const usage = `Usage: npm run report -- [--from DAY] [--to DAY] [--tenant TENANT] [--out FILE] [--csv DIRECTORY] [--env NAME]

Writes a report about uploads, savings, rejects, processing times and retention as one HTML page, which needs no network and no
script, and prints well.

  --from DAY, --to DAY   whole days in UTC, such as 2026-11-29, both included (default: the last seven days)
  --tenant TENANT        only images of this tenant
  --out FILE             where to write the page (default: hashgate-report-FROM-TO.html here)
  --csv DIRECTORY        also writes the data of each chart as a CSV file
  --env NAME             read the Redshift warehouse of this environment, with the AWS credentials of the shell
                         (default: the system that "npm start" runs here)`

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      tenant: { type: 'string' },
      out: { type: 'string' },
      csv: { type: 'string' },
      env: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const { files, summary } = await writeReport(values, {
    open: () => openSession(values.env),
    sourceName: values.env ?? 'local system',
    directory: callerDirectory(),
    now: new Date(),
  })
  console.log(summary)
  for (const file of files) console.log(`Wrote ${file}`)
  return 0
})
