import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { inheritedEnvironment } from '../config.ts'
import { readLogTail } from './read-log-tail.ts'

interface ToolRun {
  /** Start of the error message: "Downloading the jars of kafka". */
  task: string
  log: string
  timeoutMs: number
  environment?: Record<string, string>
}

/**
 * Runs a program and writes its output to a log.
 * @throws Error with the end of the log when the program fails or takes too long
 */
export async function runTool(
  program: string,
  args: string[],
  { task, log, timeoutMs, environment = {} }: ToolRun,
): Promise<void> {
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 })
  const output = openSync(log, 'w', 0o600)
  const child = spawn(program, args, {
    env: { ...inheritedEnvironment(), ...environment },
    stdio: ['ignore', output, output],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  closeSync(output)
  const [code, signal] = await once(child, 'close')
  if (code === 0) return
  const reason = signal ? `took more than ${timeoutMs / 1_000} s` : `failed with exit code ${code}`
  throw new Error(`${task} ${reason}.\n${await readLogTail(log)}`)
}
