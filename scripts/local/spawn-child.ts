import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inheritedEnvironment } from '../config.ts'

interface ChildOptions {
  args?: string[]
  environment?: Record<string, string>
  /** Destination of stdout and stderr: a file descriptor, or `pipe` to read stdout from the child. */
  output?: number | 'pipe'
}

const preload = import.meta.resolve('./exit-with-parent.ts')

/** Starts a program in a new Node process that ends with this one. @param program URL of its file */
export function spawnChild(
  program: URL,
  { args = [], environment = {}, output = 'pipe' }: ChildOptions,
): ChildProcess {
  const flags = ['--disable-warning=TimeoutNegativeWarning', `--import=${preload}`]
  return spawn(process.execPath, [...flags, fileURLToPath(program), ...args], {
    env: { ...inheritedEnvironment(), ...environment },
    stdio: ['ignore', output, output === 'pipe' ? 'inherit' : output, 'ipc'],
  })
}

/** Sends SIGTERM to a child, and SIGKILL if it has not exited after `graceMs`. */
export async function stopChild(child: ChildProcess, graceMs = 3_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(timer)
}
