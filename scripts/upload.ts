/** `npm run upload -- PATH…`: uploads images to a running gateway and waits until they are ready. */
import { parseArgs } from 'node:util'
import { callerDirectory } from './config.ts'
import { abortOnSignal, commonOptions, integerOption, printVersion, runCommand } from './run-command.ts'
import { describeFailure } from './upload/file-outcome.ts'
import { findFiles, type UnreadableFolder } from './upload/find-files.ts'
import { findGateway } from './upload/find-gateway.ts'
import type { Sending } from './upload/follow-upload.ts'
import type { PreparedFile } from './upload/prepare-file.ts'
import { printTable } from './upload/print-table.ts'
import { printableJson } from './upload/printable.ts'
import { noProgress, showProgress } from './upload/show-progress.ts'
import { describeSkipped } from './upload/skipped-files.ts'
import { type FileResult, uploadFiles } from './upload/upload-files.ts'

const usage = `Usage: npm run upload -- PATH…

PATH is a file, a folder or a glob, relative to where you are. From another directory, use
"npm --prefix PROJECT run upload -- PATH…".

  --gateway URL      gateway to upload to (default: from .data/local.json, which "npm start" writes)
  --key KEY          API key (default: likewise)
  --concurrency N    number of files sent at the same time (default: 4)
  --timeout SECONDS  how long to wait for one image to be processed (default: 300)
  --json             print one JSON line per file instead of a table
  -h, --help         print this text
  --version          print the version

Folders are searched for JPEG, PNG, WebP, AVIF, GIF and TIFF by extension; other files are listed on stderr.
"npm run images" lists and downloads what is uploaded.

Exit codes: 0 every image is ready; 1 an image or a folder failed, or the run could not start or stopped early;
130 after Ctrl-C, 143 after SIGTERM. HASHGATE_DATA names another directory than .data for the local system.`

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
      ...commonOptions,
    },
  })
  if (values.version) return printVersion().then(() => 0)
  if (values.help || positionals.length === 0) {
    console.log(usage)
    return values.help ? 0 : 1
  }
  process.chdir(callerDirectory())
  const options = {
    concurrency: integerOption(values.concurrency, '--concurrency'),
    timeoutSeconds: integerOption(values.timeout, '--timeout'),
    ...(await findGateway(values)),
  }
  const { files, skipped, unreadable } = await findFiles(positionals)
  if (skipped.length > 0) console.error(describeSkipped(skipped))
  const { signal, exitCode } = abortOnSignal()
  const progress =
    !values.json && process.stderr.isTTY ? showProgress(files.length + unreadable.length) : noProgress
  const results: FileResult[] = []
  let uploadedBytes = 0

  function onDone(result: FileResult): void {
    results.push(result)
    if (values.json) console.log(printableJson(result))
    progress.onDone()
  }

  /** The bar and the summary count the same bytes, including those of files whose outcome is not known. */
  function onSending(file: PreparedFile): Sending {
    const sending = progress.onSending(file)
    return {
      sent: sending.sent,
      end: (storedBytes) => {
        uploadedBytes += storedBytes
        sending.end(storedBytes)
      },
    }
  }

  for (const folder of unreadable) onDone(failedFolder(folder))

  try {
    await uploadFiles(files, { ...options, signal, onSending, onDone })
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.stop()
    if (!values.json && (results.length > 0 || uploadedBytes > 0)) {
      printTable(inOrderOf(files, results), {
        fileCount: files.length,
        uploadedBytes,
        columns: process.stdout.columns,
      })
    }
  }
  if (signal.aborted) console.error('Interrupted. Run the same command again to resume.')
  return exitCode() ?? (results.every(({ status }) => status === 'ready') ? 0 : 1)
}

function failedFolder({ path, code }: UnreadableFolder): FileResult {
  return { file: path, ...describeFailure(new Error(`The folder cannot be read (${code}).`)), ms: 0 }
}

/** Sorts the results in the order in which the files were given. */
function inOrderOf(files: string[], results: FileResult[]): FileResult[] {
  const places = new Map(files.map((file, place) => [file, place]))
  return results.toSorted((a, b) => (places.get(a.file) ?? 0) - (places.get(b.file) ?? 0))
}
