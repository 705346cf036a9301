import { abortReason, checkAborted } from '../check-aborted.ts'
import type { HashFunction, HashOptions } from './hash-function.ts'

/** A message without `file` cancels the request with this id. */
export interface HashRequest {
  id: number
  file?: Blob
}

export type HashAnswer = { id: number } & (
  | { hashedBytes: number }
  | { sha256: string }
  | { error: { name: string; message: string } }
)

/** The worker could not be started, for example because the page's content security policy forbids it, or it crashed. */
export class HashWorkerFailed extends Error {
  override readonly name = 'HashWorkerFailed'
}

interface Waiting {
  onProgress?: (hashedBytes: number) => void
  resolve: (sha256: string) => void
  reject: (error: Error) => void
}

/**
 * Returns a function that hashes files in one worker, which is started for the first file.
 * @param startWorker starts `hash-worker.js` as a module
 */
export function hashInWorker(startWorker: () => Worker): HashFunction {
  let worker: Worker | undefined
  let lastId = 0
  const waiting = new Map<number, Waiting>()

  function start(): Worker {
    const started = startWorker()
    started.onmessage = ({ data }: MessageEvent<HashAnswer>) => receive(data)
    started.onerror = () => {
      started.terminate()
      worker = undefined
      const failed = [...waiting.values()]
      waiting.clear()
      for (const { reject } of failed) reject(new HashWorkerFailed())
    }
    return started
  }

  function receive(answer: HashAnswer): void {
    const found = waiting.get(answer.id)
    if (!found) return
    if ('hashedBytes' in answer) return void found.onProgress?.(answer.hashedBytes)
    waiting.delete(answer.id)
    if ('sha256' in answer) found.resolve(answer.sha256)
    else found.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name }))
  }

  return async (file, { onProgress, signal }: HashOptions = {}) => {
    checkAborted(signal)
    try {
      worker ??= start()
    } catch (cause) {
      throw new HashWorkerFailed('', { cause })
    }
    const target = worker
    const id = ++lastId
    let cancel: (() => void) | undefined
    try {
      return await new Promise<string>((resolve, reject) => {
        waiting.set(id, { onProgress, resolve, reject })
        cancel = () => {
          target.postMessage({ id } satisfies HashRequest)
          waiting.delete(id)
          reject(abortReason(signal))
        }
        signal?.addEventListener('abort', cancel)
        target.postMessage({ id, file } satisfies HashRequest)
      })
    } finally {
      if (cancel) signal?.removeEventListener('abort', cancel)
    }
  }
}
