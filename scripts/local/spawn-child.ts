import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inheritedEnvironment } from '../config.ts'

interface ChildOptions {
  args?: string[]
  environment?: Record<string, string>
  /** Where the child's stdout and stderr go: a file descriptor, or `pipe` to read stdout here. */
  output?: number | 'pipe'
}

const preload = import.meta.resolve('./exit-with-parent.ts')

/** Starts one of our programs in a Node of its own that ends when this process does. @param program its file's URL */
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

/** Asks a child to end, and makes it end when it has not after `graceMs`. */
export async function stopChild(child: ChildProcess, graceMs = 3_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(timer)
}
