/** `npm run upload -- PATH…`: uploads images to a running gateway and waits until they are ready. */
import { parseArgs } from 'node:util'
import { abortOnSignal, integerOption, runCommand } from './run-command.ts'
import { findFiles } from './upload/find-files.ts'
import { findGateway } from './upload/find-gateway.ts'
import { printTable } from './upload/print-table.ts'
import { noProgress, showProgress } from './upload/show-progress.ts'
import { type FileResult, uploadFiles } from './upload/upload-files.ts'

const usage = `Usage: npm run upload -- PATH…

PATH is a file, a folder or a glob.

  --gateway URL      gateway to upload to (default: from .data/local.json, which "npm start" writes)
  --key KEY          API key (default: likewise)
  --concurrency N    number of files sent at the same time (default: 4)
  --timeout SECONDS  how long to wait for one image to be processed (default: 300)
  --json             print one JSON line per file instead of a table

The exit code is 0 only if every image is ready, 130 after Ctrl-C.`

// A reader such as `head` may close the pipe early.
process.stdout.on('error', () => process.exit(1))

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      gateway: { type: 'string' },
      key: { type: 'string' },
      concurrency: { type: 'string', default: '4' },
      timeout: { type: 'string', default: '300' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || positionals.length === 0) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  const options = {
    concurrency: integerOption(values.concurrency, '--concurrency'),
    timeoutSeconds: integerOption(values.timeout, '--timeout'),
    ...(await findGateway(values)),
  }
  const files = await findFiles(positionals)
  const { signal, exitCode } = abortOnSignal()
  const progress = !values.json && process.stderr.isTTY ? showProgress(files.length) : noProgress
  const results: FileResult[] = []

  function onDone(result: FileResult): void {
    results.push(result)
    if (values.json) console.log(JSON.stringify(result))
    progress.onDone()
  }

  try {
    await uploadFiles(files, { ...options, signal, onSending: progress.onSending, onDone })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.stop()
    if (!values.json && results.length > 0) {
      printTable(inOrderOf(files, results), { fileCount: files.length, columns: process.stdout.columns })
    }
  }
  if (signal.aborted) console.error('Interrupted. Run the same command again to resume.')
  return exitCode() ?? (results.every(({ status }) => status === 'ready') ? 0 : 1)
}

/** Sorts the results in the order in which the files were given. */
function inOrderOf(files: string[], results: FileResult[]): FileResult[] {
  const places = new Map(files.map((file, place) => [file, place]))
  return results.toSorted((a, b) => (places.get(a.file) ?? 0) - (places.get(b.file) ?? 0))
}
