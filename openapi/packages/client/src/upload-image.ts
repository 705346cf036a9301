import type { UploadBatcher } from './batch-uploads.ts'
import { checkAborted } from './check-aborted.ts'
import type { HashFunction } from './hash/hash-function.ts'
import { type ClientOptions, createHashgateClient, type HashgateClient } from './hashgate-client.ts'
import { HashgateError } from './hashgate-error.ts'
import { putObject } from './put-object.ts'
import { StoreError, StoreUnreachable } from './store-error.ts'
import type { Image, PutOptions, UploadAnswer, UploadGranted, UploadRequest } from './types.ts'
import { awaitImage, describeFile } from './upload/upload-steps.ts'

/** `uploading` is left out when the gateway already has the bytes. */
export type UploadStep = 'hashing' | 'uploading' | 'processing'

export interface UploadOptions extends PutOptions, ClientOptions {
  /** Computes the SHA-256 in hex. The default is `hashBlob`. */
  hash?: HashFunction
  /** Display name; by default the name of the File. */
  fileName?: string
  /** Called when a step begins. */
  onStep?: (step: UploadStep) => void
  /** Requests the upload URL together with those of other uploads. By default each upload makes a separate call. */
  batcher?: UploadBatcher
}

/**
 * Uploads one image unless the gateway already has it, and waits until it is `ready` or `rejected`.
 *
 *     const image = await uploadImage(file, { gateway: 'http://127.0.0.1:3000', key: 'hg_…' })
 *
 * @param file its content type is detected by its first bytes; its `type` is used only if they are unknown
 * @throws HashgateError when the gateway refuses, StoreError when the store refuses; GatewayUnreachable, StoreUnreachable and
 *   FileChanged when retries did not help; the reason of `signal`
 */
export async function uploadImage(file: Blob, options: UploadOptions): Promise<Image> {
  const client = createHashgateClient(options)
  const { onStep } = options
  onStep?.('hashing')
  const request = await describeFile(file, options)
  // Hash functions and batchers may ignore the signal.
  checkAborted(options.signal)
  const answer = await (options.batcher ?? client).requestUpload(request)
  if (isGranted(answer)) {
    onStep?.('uploading')
    await deliverBytes(client, request, answer, file, options)
  }
  onStep?.('processing')
  return awaitImage(client, answer, options)
}

export function isGranted(answer: UploadAnswer): answer is UploadGranted {
  return answer.upload !== undefined
}

/**
 * Uploads the bytes of a granted upload and reports its completion. If the URL has expired, it requests one new URL.
 * @returns the number of bytes sent; 0 when the store already had them
 */
export async function deliverBytes(
  client: HashgateClient,
  request: UploadRequest,
  granted: UploadGranted,
  file: Blob,
  options: PutOptions,
): Promise<number> {
  const outcome = await putObject(granted.upload, file, options)
    .catch((error) => {
      if (isExpired(error)) return putAgain()
      throw error
    })
    .catch((error) => {
      if (error instanceof StoreUnreachable) return trustTheStore(error)
      throw error
    })
  if (outcome === 'announced') return 0
  await client.completeUpload(granted.imageId)
  return outcome === 'stored' ? file.size : 0

  /** Another client may have uploaded the same bytes in the meantime. */
  async function putAgain() {
    const renewed = await client.requestUpload(request)
    return isGranted(renewed) ? putObject(renewed.upload, file, options) : 'announced'
  }

  /** A store that already has the bytes can close the connection during the PUT, so this checks whether it has them. */
  async function trustTheStore(error: StoreUnreachable) {
    await client.completeUpload(granted.imageId).catch((refusal) => {
      throw isNotFoundInStore(refusal) ? error : refusal
    })
    return 'announced' as const
  }
}

function isNotFoundInStore(error: unknown): boolean {
  return error instanceof HashgateError && error.code === 'UPLOAD_NOT_FOUND_IN_STORE'
}

function isExpired(error: unknown): boolean {
  return error instanceof StoreError && error.status === 403
}
