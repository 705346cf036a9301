import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { peakMegabytes } from '../../bench/processor/read-process.ts'
import { inheritedEnvironment } from '../../config.ts'
import type { Processed } from './processor-program.ts'

export interface Measured extends Processed {
  ms: number
  /** Peak memory of the process, Node included. NaN without /proc. */
  peakMegabytes: number
}

const processorProgram = fileURLToPath(new URL('./processor-program.ts', import.meta.url))

/**
 * Starts a processor in a new process, and another one after each file that hangs or crashes it.
 * @param program sends `ready`, then answers each path with a `Processed`
 */
export function startProcessor(timeoutSeconds: number, program = processorProgram) {
  let child: ChildProcess | undefined

  /** Processes one file at a time. */
  async function processFile(file: string): Promise<Measured> {
    child ??= await startProgram(program)
    const startedAt = performance.now()
    const processed = await ask(child, file, timeoutSeconds * 1_000)
    const ms = Math.round(performance.now() - startedAt)
    const peak = await peakMegabytes(child.pid ?? 0)
    if (processed.outcome === undefined && processed.error === undefined) await stop()
    return { ...processed, ms, peakMegabytes: Math.round(peak) }
  }

  async function stop(): Promise<void> {
    const stopped = child
    child = undefined
    if (!stopped || stopped.exitCode !== null || stopped.signalCode !== null) return
    stopped.kill('SIGKILL')
    await once(stopped, 'exit')
  }

  return { processFile, stop }
}

async function startProgram(program: string): Promise<ChildProcess> {
  // The setting that processor/README.md recommends for production. Images travel as bytes, not as JSON.
  const env = { ...inheritedEnvironment(), MALLOC_ARENA_MAX: '1' }
  const child = fork(program, { env, serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] })
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (message !== 'ready') throw new Error('The processor did not start; see its message above.')
  return child
}

async function ask(child: ChildProcess, file: string, timeoutMs: number): Promise<Processed> {
  const { promise, resolve } = Promise.withResolvers<Processed>()
  const onExit = (code: number | null, signal: string | null) =>
    resolve({ detail: `The process ended with ${signal ?? `code ${code}`}.` })
  const timer = setTimeout(() => resolve({ detail: `No result within ${timeoutMs / 1_000} s.` }), timeoutMs)
  child.once('message', resolve).once('exit', onExit)
  child.send(file)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    child.off('message', resolve).off('exit', onExit)
  }
}
