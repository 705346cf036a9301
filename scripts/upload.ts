/** `npm run upload -- PATH…`: uploads images to a running gateway and waits until they are ready. */
import { parseArgs } from 'node:util'
import { readLocalSettings } from './local/local-settings.ts'
import { findFiles } from './upload/find-files.ts'
import { printTable } from './upload/print-results.ts'
import { noProgress, printJson, showProgress } from './upload/show-progress.ts'
import { uploadFiles } from './upload/upload-files.ts'

const usage = `Usage: npm run upload -- PATH…

PATH is a file, a folder or a glob.

  --gateway URL      default: what "npm start" wrote to .data/local.json
  --key KEY          likewise
  --concurrency N    files sent at the same time, 4 by default
  --timeout SECONDS  longest wait for the processing of one image, 300 by default
  --json             one JSON line for each file instead of a table

The exit code is 0 only if every image is ready.`

try {
  process.exitCode = await main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}

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
  const { gateway, key } = await findGateway(values)
  const files = await findFiles(positionals)
  const interrupted = abortOnCtrlC()
  const progress = values.json ? printJson : process.stdout.isTTY ? showProgress(files.length) : noProgress
  const results = await uploadFiles(files, {
    gateway,
    key,
    concurrency: positiveInteger(values.concurrency, '--concurrency'),
    timeoutSeconds: positiveInteger(values.timeout, '--timeout'),
    signal: interrupted,
    ...progress,
  }).finally(progress.stop)
  if (interrupted.aborted) return 130
  if (!values.json) printTable(results)
  return results.every(({ status }) => status === 'ready') ? 0 : 1
}

async function findGateway({ gateway, key }: { gateway?: string; key?: string }) {
  const local = gateway && key ? undefined : await readLocalSettings('.data')
  const found = { gateway: gateway ?? local?.gateway, key: key ?? local?.key }
  if (!found.gateway || !found.key) {
    throw new Error('Where to? Run "npm start" first, or say --gateway URL --key KEY.')
  }
  return { gateway: found.gateway, key: found.key }
}

function abortOnCtrlC(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort(new Error('Interrupted.')))
  return controller.signal
}

function positiveInteger(text: string, name: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${name} is a whole number from 1, not "${text}".`)
  return value
}
