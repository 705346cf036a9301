import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { spawnChild, stopChild } from '../local/spawn-child.ts'

/** Starts a worker in a new process. Resolves when it logs that it is ready. */
export async function startWorker(
  environment: Record<string, string>,
  program: 'worker.ts' | 'webhook-worker.ts' = 'worker.ts',
) {
  const child = spawnChild(new URL(`../../processor/${program}`, import.meta.url), { environment })
  const logLines: string[] = []
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => logLines.push(line))
  const exited = once(child, 'exit')
  const [message] = await Promise.race([
    once(child, 'message'),
    exited.then(([code]) =>
      Promise.reject(new Error(`the worker ended with code ${code}: ${logLines.join('\n')}`)),
    ),
  ])

  async function kill(): Promise<void> {
    child.kill('SIGKILL')
    await exited
  }

  /** Sends SIGTERM, as a supervisor does. @returns the exit code */
  async function stop(): Promise<number | null> {
    await stopChild(child, 120_000)
    return child.exitCode
  }

  return { message, url: String(message.url), logLines, kill, stop }
}
