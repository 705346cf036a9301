import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob } from 'node:fs/promises'
import { parseArgs } from 'node:util'

/** Prints all failures again at the end. CI selects it for the other suites too. */
const failureReporter = './scripts/checks/report-failures.ts'

/** The suites that `npm test` leaves out. Tests of one job at a time share services, a browser or the CPU. */
const suites = {
  services: { suffix: '.services.ts', options: ['--jobs=1', '--timeout=900'] },
  browser: { suffix: '.browser.ts', options: ['--jobs=1', '--timeout=300'] },
  deploy: { suffix: '.deploy.ts', options: ['--timeout=600'] },
  lambda: { suffix: '.emulator.ts', options: ['--jobs=1', '--timeout=900', `--reporter=${failureReporter}`] },
}

/** Runs the files named on the command line, or the whole suite. Returns tap's exit code. */
export async function runTests(suite: keyof typeof suites, env?: NodeJS.ProcessEnv): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const { suffix, options } = suites[suite]
  const files = positionals.length > 0 ? positionals : await findTests(suffix)
  const [code] = await once(spawn('tap', ['run', ...options, ...files], { stdio: 'inherit', env }), 'close')
  return code ?? 1
}

async function findTests(suffix: string): Promise<string[]> {
  const found = glob(`{core,gateway,processor,openapi,scripts,deploy}/**/test/**/*${suffix}`)
  return (await Array.fromAsync(found)).sort()
}
