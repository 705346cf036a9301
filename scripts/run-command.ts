import { readFile } from 'node:fs/promises'

/** Options of every command for users. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const

const exitCodes = { SIGINT: 130, SIGTERM: 143 }

/**
 * Runs the main function of a command and sets the exit code. An error prints its message only and sets exit code 1,
 * because a stack trace does not help someone who mistyped a path.
 * @param main returns the exit code
 */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}

/** Prints the version of the project, for `--version`. */
export async function printVersion(): Promise<void> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  console.log(version)
}

/** Aborts `signal` on the first SIGINT or SIGTERM. A second one ends the process at once. */
export function abortOnSignal() {
  const controller = new AbortController()
  let exitCode: number | undefined
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      exitCode = exitCodes[name]
      controller.abort(new Error('Interrupted.'))
    })
  }
  return { signal: controller.signal, exitCode: () => exitCode }
}

/** Parses a command-line option. @throws Error when it is not an integer of at least `minimum` */
export function integerOption(text: string, name: string, minimum = 1): number {
  const value = Number(text)
  if (text.trim() && Number.isInteger(value) && value >= minimum) return value
  throw new Error(`${name} must be an integer of at least ${minimum}, not "${text}".`)
}
