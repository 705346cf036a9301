import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob } from 'node:fs/promises'

interface TestRun {
  /** How the names of the files end: `services.ts`. */
  ending: string
  /** Instead of all that there are. */
  files: string[]
  timeoutSeconds: number
}

/** Runs tests that `npm test` leaves out, one file after another. Returns tap's exit code. */
export async function runTests({ ending, files, timeoutSeconds }: TestRun): Promise<number> {
  const chosen = files.length > 0 ? files : await findTests(ending)
  const args = ['run', '--jobs=1', `--timeout=${timeoutSeconds}`, ...chosen]
  const [code] = await once(spawn('tap', args, { stdio: 'inherit' }), 'close')
  return code ?? 1
}

async function findTests(ending: string): Promise<string[]> {
  const found = glob(`{core,gateway,processor,openapi,scripts,deploy}/**/test/**/*.${ending}`)
  return (await Array.fromAsync(found)).sort()
}
