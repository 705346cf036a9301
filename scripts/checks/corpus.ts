/** `npm run test:corpus [-- PATH…]`: runs images through the processor and compares the results with Chromium and others. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { printableJson } from '../../openapi/packages/cli/src/terminal/printable.ts'
import { useDirectory } from '../bench/use-directory.ts'
import { callerDirectory } from '../config.ts'
import { integerOption, runCommand } from '../run-command.ts'
import { writeOwnImages } from './corpus/own-images.ts'
import { printFiles, printSummary } from './corpus/print-corpus.ts'
import { runCorpus } from './corpus/run-corpus.ts'
import { summariseCorpus } from './corpus/summarise-corpus.ts'

const usage = `Usage: npm run test:corpus [-- PATH…]

Runs every image through the processor and compares a variant with what Chromium shows (TIFF: with what geotiff decodes).
PATH is a file or a folder, relative to where you are. Without one: the project's photographs, and images made for the test in many
formats, depths, profiles and orientations, which must all become ready.

  --no-browser       compare with libvips and LittleCMS instead of Chromium; colours that only a browser converts are not compared
  --in-flight N      files processed at the same time (default: one per core)
  --timeout SECONDS  how long one file may take (default: 90)
  --json             print one JSON object with the summary and all files instead of tables
  -h, --help         print this text

The processor has the settings of the environment, such as MAX_INPUT_PIXELS or VARIANTS; it needs no AWS and no Kafka.
A file is flagged if its mean ΔE76 is over 3 (HDR: 10), its size or orientation differs, or the processor fails, hangs or gives up.
A rejection is not flagged; files that Chromium shows and the processor rejects are listed, and the reverse.

Exit codes: 0 nothing is flagged; 1 something is, or the run could not start.`

process.stdout.on('error', () => process.exit(1))

await runCommand(main)

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'no-browser': { type: 'boolean', default: false },
      'in-flight': { type: 'string' },
      timeout: { type: 'string', default: '90' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const options = {
    inFlight: values['in-flight'] ? integerOption(values['in-flight'], '--in-flight') : undefined,
    timeoutSeconds: integerOption(values.timeout, '--timeout'),
    useBrowser: !values['no-browser'],
    onFile: values.json || !process.stderr.isTTY ? undefined : () => process.stderr.write('.'),
  }
  process.chdir(callerDirectory())
  if (positionals.length > 0) return check(await findAll(positionals), options)
  return useDirectory(async (directory) => {
    const files = await writeOwnImages(directory)
    process.chdir(directory)
    return check(files, options)
  })

  async function check(files: string[], options: Parameters<typeof runCorpus>[1]): Promise<number> {
    const reports = await runCorpus(files, options)
    if (positionals.length === 0) flagRejections(reports)
    const summary = summariseCorpus(reports)
    if (values.json) console.log(printableJson({ summary, files: reports }))
    else {
      printFiles(reports)
      printSummary(summary)
    }
    return summary.flagged.length > 0 ? 1 : 0
  }
}

function flagRejections(reports: Awaited<ReturnType<typeof runCorpus>>): void {
  for (const { outcome, reason, detail, findings } of reports) {
    if (outcome === 'rejected') findings.push(`${reason}: ${detail}`)
  }
}

/** All files at the paths and below them, without hidden files and notes. @throws Error when a path has none */
async function findAll(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(findFiles))
  const empty = paths.find((_, index) => found[index]?.length === 0)
  if (empty) throw new Error(`No file found at ${empty}.`)
  return [...new Set(found.flat())]
}

async function findFiles(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  return files.filter((file) => !/^\.|\.(md|txt|json)$/.test(basename(file))).sort()
}
