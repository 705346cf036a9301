/**
 * Runs the main function of a command and sets the exit code. An error prints its message only and sets exit code 1,
 * because a stack trace does not help a user who mistyped a path.
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

/** Parses a command-line option. @throws Error when it is not an integer of at least `minimum` */
export function integerOption(text: string, name: string, minimum = 1): number {
  const value = Number(text)
  if (text.trim() && Number.isInteger(value) && value >= minimum) return value
  throw new Error(`${name} must be an integer of at least ${minimum}, not "${text}".`)
}
