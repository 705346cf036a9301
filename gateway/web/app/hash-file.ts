import { createBlobHash } from '../../../openapi/packages/client/src/hash/hash-blob.ts'

/** Path of the worker's script, which has the hash of its content in its name. The build replaces it. */
declare const HASH_WORKER: string

/** Hashes a file with SHA-256 in a worker, so that the page stays responsive. */
export const hashFile = createBlobHash({ startWorker: () => new Worker(HASH_WORKER, { type: 'module' }) })
