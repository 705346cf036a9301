/** The worker thread that reads one HEIC file. It is terminated when its time is up, because libheif cannot be interrupted. */
import { parentPort, workerData } from 'node:worker_threads'
import { openLibheif } from './open-libheif.ts'
import {
  type HeicHeader,
  type HeicPixels,
  type LibheifError,
  LibheifFailure,
  openHeic,
  UnsuitableLibheif,
} from './read-heic.ts'

export interface HeicTask {
  task: 'header' | 'pixels'
  wasm: WebAssembly.Module
  bytes: Uint8Array
  /** Limit of libheif's memory, which holds a copy of the file. */
  maxMemoryBytes: number
}

export type HeicAnswer =
  | { header: HeicHeader }
  | { pixels: HeicPixels }
  | { failure: LibheifError }
  | { failure: 'out of memory' }
  | { failure: 'crashed'; message: string }

function answer({ task, wasm, bytes, maxMemoryBytes }: HeicTask): HeicAnswer {
  const { libheif, memoryLimit } = openLibheif(wasm, maxMemoryBytes)
  try {
    const heic = openHeic(libheif, bytes)
    return task === 'header' ? { header: heic.readHeader() } : { pixels: heic.decode() }
  } catch (error) {
    if (memoryLimit.exceeded) return { failure: 'out of memory' }
    if (error instanceof LibheifFailure) return { failure: error.error }
    if (error instanceof UnsuitableLibheif) throw error
    return { failure: 'crashed', message: String(error) }
  }
}

const found = answer(workerData)
parentPort?.postMessage(found, 'pixels' in found ? [found.pixels.data.buffer] : [])
