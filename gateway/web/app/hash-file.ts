import type { HashAnswer, HashRequest } from './hash-worker.ts'

/** Path of the worker's script, which has the hash of its content in its name. The build replaces it. */
declare const HASH_WORKER: string

interface Waiting {
  onProgress: (hashedBytes: number) => void
  resolve: (sha256: string) => void
  reject: (error: Error) => void
}

let worker: Worker | undefined
let lastId = 0
const waiting = new Map<number, Waiting>()

/** Hashes a file with SHA-256 in a worker, so that the page stays responsive. Returns lower-case hex. */
export function hashFile(file: Blob, onProgress: (hashedBytes: number) => void = () => {}): Promise<string> {
  worker ??= startWorker()
  const request: HashRequest = { id: ++lastId, file }
  return new Promise((resolve, reject) => {
    waiting.set(request.id, { onProgress, resolve, reject })
    worker?.postMessage(request)
  })
}

function startWorker(): Worker {
  const started = new Worker(HASH_WORKER, { type: 'module' })
  started.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
    const found = waiting.get(data.id)
    if (!found) return
    if ('hashedBytes' in data) return found.onProgress(data.hashedBytes)
    waiting.delete(data.id)
    if ('sha256' in data) found.resolve(data.sha256)
    else found.reject(new Error(data.error))
  }
  started.onerror = ({ message }) => {
    worker = undefined
    for (const { reject } of waiting.values()) reject(new Error(message))
    waiting.clear()
  }
  return started
}
