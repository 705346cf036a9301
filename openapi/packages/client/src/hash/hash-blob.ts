import { hashAtOnce, hasWebCrypto } from './hash-at-once.ts'
import type { HashFunction } from './hash-function.ts'
import { hashInNode } from './hash-in-node.ts'
import { HashWorkerFailed, hashInWorker } from './hash-in-worker.ts'

/** `Worker`, if the DOM types are loaded. */
type PageWorker = typeof globalThis extends { Worker: { prototype: infer W } } ? W : object

export interface BlobHashOptions {
  /** Starts the script `@hashgate/client/hash-worker` as a module, for pages that serve it from a different URL than the client. */
  startWorker?: () => PageWorker
}

/**
 * Creates a hash function for files of any size. Node, Bun and Deno read the file as a stream. Browsers do that in a worker, which the first
 * file starts and all share, so the page stays responsive. Where no worker can be started, WebCrypto reads the whole file into memory.
 */
export function createBlobHash({ startWorker = startDefaultWorker }: BlobHashOptions = {}): HashFunction {
  let byWorker: HashFunction | undefined =
    typeof Worker === 'undefined' ? undefined : hashInWorker(startWorker)
  const byStream = hashInNode()

  return async (file, options = {}) => {
    if (byStream) return byStream(file, options)
    if (byWorker) {
      try {
        return await byWorker(file, options)
      } catch (error) {
        if (!(error instanceof HashWorkerFailed)) throw error
        byWorker = undefined
      }
    }
    if (!hasWebCrypto()) {
      throw new Error('There is no worker and no WebCrypto to hash files with. Pass your own `hash`.')
    }
    return hashAtOnce(file)
  }
}

/** Bundlers find the script by exactly this expression, in the built package. */
function startDefaultWorker(): Worker {
  return new Worker(new URL('./hash-worker.js', import.meta.url), { type: 'module' })
}

/** The default hash function: see `createBlobHash`. */
export const hashBlob: HashFunction = createBlobHash()
