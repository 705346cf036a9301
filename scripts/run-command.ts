/**
 * Runs what a command does and turns its end into an exit code. A mistake is one line for people and exit code 1; a stack
 * trace helps nobody who only mistyped a path.
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
