import type { HashFunction } from '../hash/hash-function.ts'
import type { ClientOptions } from '../hashgate-client.ts'
import type { Image, SendFunction } from '../types.ts'
import type { ImagesProgress } from './track-progress.ts'

export interface UploadImagesOptions<F extends Blob = Blob> extends ClientOptions {
  /** Files that are sent at the same time; 4 by default. */
  concurrency?: number
  /** Whether to wait until each image is `ready` or `rejected`; true by default. */
  wait?: boolean
  onProgress?: (progress: ImagesProgress<F>) => void
  /** Called with the result of each file as soon as it is available. */
  onResult?: (result: UploadResult<F>) => void
  /** Computes the SHA-256 in hex. The default is `hashBlob`. */
  hash?: HashFunction
  /** Sends the bytes to the store. The default uses XMLHttpRequest where there is one, otherwise `fetch`. */
  send?: SendFunction
}

/** The result for one file. */
export type UploadResult<F extends Blob = Blob> = UploadedFile<F> | FailedFile<F>

export interface UploadedFile<F extends Blob = Blob> {
  file: F
  /** Position in the list. */
  index: number
  imageId: string
  /** The bytes were uploaded before, or an earlier file of the list has them. */
  duplicate: boolean
  /** 0 if the store already had the bytes. */
  sentBytes: number
  /** `ready` or `rejected`. Without `wait`, present only if the gateway's first response had it. */
  image?: Image
  error?: undefined
}

export interface FailedFile<F extends Blob = Blob> {
  file: F
  index: number
  error: Error
}
