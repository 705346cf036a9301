import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { sendOrder, type WorkerReport } from './messages.ts'

/** A worker that is not ready by then is killed. */
const readyLimitMs = 60_000

/** Resolves to the URL of the worker's API. @throws Error when it ends before, or is not ready within 60 s */
export function becomeReady(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), readyLimitMs)
    worker.once('exit', () => {
      clearTimeout(timer)
      reject(
        new Error(`worker process ${worker.process.pid} ended before it was ready (${describeExit(worker)})`),
      )
    })
    worker.on('message', ({ ready, url }: WorkerReport) => {
      if (!ready || !url) return
      clearTimeout(timer)
      resolve(url)
    })
  })
}

/** Gives the order and resolves when the worker has ended. @param limitMs after this time it is killed */
export async function endWorker(worker: Worker, order: 'drain' | 'close', limitMs?: number): Promise<void> {
  if (worker.isDead()) return
  const ended = once(worker, 'exit')
  const timer = limitMs && setTimeout(() => worker.process.kill('SIGKILL'), limitMs)
  sendOrder(worker, { order })
  await ended
  clearTimeout(timer)
}

export function describeExit({ process: { exitCode, signalCode } }: Worker): string {
  return signalCode ?? `exit code ${exitCode}`
}
