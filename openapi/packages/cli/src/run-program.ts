import { type Command, CommanderError } from 'commander'
import { describeError } from './describe-error.ts'

/**
 * Parses the arguments, runs the command, and sets the exit code. An error prints its message only and sets exit code 1,
 * because a stack trace does not help with a mistyped path.
 */
export async function runProgram(program: Command, args: string[] = process.argv.slice(2)): Promise<void> {
  // A reader such as `head` may close the pipe early.
  process.stdout.on('error', () => process.exit(1))
  configure(program)
  try {
    if (args.length === 0) return printUsage(program)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message.
      process.exitCode = error.exitCode
      return
    }
    console.error(describeError(error))
    process.exitCode = 1
  }
}

function printUsage(program: Command): void {
  program.outputHelp()
  process.exitCode = 1
}

/** Commander does not pass settings on to commands that were made separately. */
function configure(command: Command): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for the usage)')
    .configureHelp({ showGlobalOptions: true })
  for (const child of command.commands) configure(child)
}
