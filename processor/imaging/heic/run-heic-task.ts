import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Rejection } from '../../../core/errors.ts'
import type { ImagingLimits } from '../limits.ts'
import type { HeicAnswer, HeicTask } from './heic-worker.ts'
import { findWasmFile } from './open-libheif.ts'
import type { LibheifError } from './read-heic.ts'

/** The worker has the same ending as this file: `.ts` in the sources, `.mjs` in the deployed bundle. */
const workerFile = new URL(`./heic-worker${extname(import.meta.filename)}`, import.meta.url)

let compiled: Promise<WebAssembly.Module> | undefined

/** The thread failed, but not because of the file, so a retry can succeed. */
export class HeicThreadFailed extends Error {
  override readonly name = 'HeicThreadFailed'
}

/** Compiles libheif once for all workers; the first HEIC file of a process waits for it. After a failure, the next file tries again. */
async function compileLibheif(): Promise<WebAssembly.Module> {
  compiled ??= readFile(findWasmFile()).then((code) => WebAssembly.compile(code))
  try {
    return await compiled
  } catch (error) {
    compiled = undefined
    throw error
  }
}

type Found<T extends HeicTask['task']> = T extends 'header'
  ? Extract<HeicAnswer, { header: unknown }>
  : Extract<HeicAnswer, { pixels: unknown }>

/**
 * Runs one task on a HEIC file in a separate thread, which is terminated when the time for a decode or the image's deadline is over.
 * @param maxMemoryBytes for libheif, besides the pixels that it returns
 * @throws Rejection when the file is at fault; HeicThreadFailed (a retry can help); the signal's reason
 */
export async function runHeicTask<T extends HeicTask['task']>(
  task: T,
  original: Uint8Array,
  maxMemoryBytes: number,
  limits: Pick<ImagingLimits, 'decodeTimeoutSeconds' | 'signal'>,
): Promise<Found<T>> {
  const wasm = await compileLibheif()
  limits.signal?.throwIfAborted()
  const bytes = new Uint8Array(original)
  const workerData: HeicTask = { task, wasm, bytes, maxMemoryBytes }
  // The thread gets neither the process's flags, which are for the main program, nor its environment, which has secrets.
  const options = { workerData, transferList: [bytes.buffer], execArgv: [], env: {} }
  const worker = new Worker(workerFile, options)
  try {
    const answer = await awaitAnswer(worker, limits)
    if ('failure' in answer) throw toRejection(answer)
    return answer as Found<T>
  } finally {
    await worker.terminate()
  }
}

function awaitAnswer(
  worker: Worker,
  { decodeTimeoutSeconds, signal }: Pick<ImagingLimits, 'decodeTimeoutSeconds' | 'signal'>,
): Promise<HeicAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HeicAnswer>()
  const timer = setTimeout(() => reject(new Rejection('processing_timeout')), decodeTimeoutSeconds * 1_000)
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  worker.once('message', resolve)
  const fail = (message: string, cause?: unknown) => reject(new HeicThreadFailed(message, { cause }))
  worker.once('error', (error: Error) => fail(`the HEIC thread failed: ${error.message}`, error))
  worker.once('exit', (code) => fail(`the HEIC thread ended with code ${code} and no answer`))
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  })
}

/** Codes of libheif. Source: `heif_error.h`. */
const unsupported = new Set([3, 4, 11])
const memory = 6
const unsupportedBySubcode = new Set([3000, 3001, 3003, 4000])

function toRejection({ failure, ...rest }: Extract<HeicAnswer, { failure: unknown }>): Rejection {
  if (failure === 'out of memory') {
    return new Rejection('too_many_pixels', 'The HEIC image needs more memory than this system allows.')
  }
  if (failure === 'crashed') return new Rejection('image_corrupt', undefined, rest)
  return new Rejection(reasonOf(failure), detailOf(failure), failure)
}

function reasonOf({ code, subcode }: LibheifError) {
  if (code === memory) return 'too_many_pixels'
  return unsupported.has(code) || unsupportedBySubcode.has(subcode)
    ? 'pixel_format_unsupported'
    : 'image_corrupt'
}

function detailOf(error: LibheifError): string | undefined {
  const reason = reasonOf(error)
  if (reason === 'too_many_pixels') return 'The HEIC image has more pixels or parts than this system accepts.'
  if (reason === 'pixel_format_unsupported') {
    return 'The HEIF file is coded in a way that this system cannot read. Export the image as JPEG or PNG.'
  }
  return undefined
}
