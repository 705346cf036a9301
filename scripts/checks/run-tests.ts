import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob } from 'node:fs/promises'
import { parseArgs } from 'node:util'

/** Prints all failures again at the end. CI selects it for the other suites too. */
const failureReporter = './scripts/checks/report-failures.ts'

/** The suites that `npm test` leaves out. Tests of one job at a time share services, a browser or the CPU. */
const suites = {
  services: { suffix: '.services.ts', options: ['--jobs=1', '--timeout=900'] },
  browser: { suffix: '.browser.ts', options: ['--jobs=1', '--timeout=600'] },
  deploy: { suffix: '.deploy.ts', options: ['--timeout=600'] },
  lambda: { suffix: '.emulator.ts', options: ['--jobs=1', '--timeout=900', `--reporter=${failureReporter}`] },
}

interface RunOptions {
  env?: NodeJS.ProcessEnv
  /** Options of the command line, without their dashes, that are passed on to the tests. */
  flags?: string[]
  /** An option of the command line that leaves out the tests of a folder. */
  leaveOut?: { flag: string; folder: string }
}

/** Runs the files named on the command line, or the whole suite. Returns tap's exit code. */
export async function runTests(
  suite: keyof typeof suites,
  { env, flags = [], leaveOut }: RunOptions = {},
): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(
      [...flags, ...(leaveOut ? [leaveOut.flag] : [])].map((flag) => [flag, { type: 'boolean' as const }]),
    ),
  })
  const { suffix, options } = suites[suite]
  const found = positionals.length > 0 ? positionals : await findTests(suffix)
  const files =
    leaveOut && values[leaveOut.flag] ? found.filter((file) => !file.startsWith(leaveOut.folder)) : found
  const passedOn = flags.filter((flag) => values[flag]).map((flag) => `--test-arg=--${flag}`)
  // Collecting coverage takes a third of the time. `npm test` reports it.
  const tap = spawn('tap', ['run', '--disable-coverage', ...options, ...passedOn, ...files], {
    stdio: 'inherit',
    env,
  })
  const [code] = await once(tap, 'close')
  return code ?? 1
}

async function findTests(suffix: string): Promise<string[]> {
  const found = glob(`{core,gateway,processor,openapi,scripts,deploy}/**/test/**/*${suffix}`)
  return (await Array.fromAsync(found)).sort()
}
