import { hashBlob } from './hash-blob.ts'
import { createHashgateClient, type HashgateClient } from './hashgate-client.ts'
import { HashgateError, StoreError } from './hashgate-error.ts'
import { type PutOptions, putObject } from './put-object.ts'
import type { ContentType, Image, UploadAnswer, UploadGranted, UploadRequest } from './types.ts'

export interface UploadOptions extends PutOptions {
  /** Base URL of the gateway. */
  gateway: string
  key: string
  /** Name to show to people; a File's own by default. */
  fileName?: string
}

/**
 * Uploads one image, unless it is there already, and waits until it is `ready` or `rejected`.
 *
 *     const image = await uploadImage(file, { gateway: 'http://127.0.0.1:3000', key: 'hg_…' })
 *
 * @param file its `type` is the declared type of the image
 * @throws HashgateError when the gateway says no, StoreError when the store does, and the reason of `signal`
 */
export async function uploadImage(file: Blob, options: UploadOptions): Promise<Image> {
  const client = createHashgateClient(options)
  const request: UploadRequest = {
    sha256: await hashBlob(file),
    byteLength: file.size,
    contentType: file.type as ContentType,
    fileName: options.fileName ?? (file as Partial<File>).name,
  }
  const answer = await client.requestUpload(request)
  if (isGranted(answer)) await deliverBytes(client, request, answer, file, options)
  return client.waitForImage(answer.imageId)
}

export function isGranted(answer: UploadAnswer): answer is UploadGranted {
  return 'upload' in answer
}

/**
 * Brings the bytes of a granted upload to the store and says that they are there. A URL that has expired is renewed
 * once.
 * @returns the bytes that were sent: 0 when the store had them already
 */
export async function deliverBytes(
  client: HashgateClient,
  request: UploadRequest,
  granted: UploadGranted,
  file: Blob,
  options: PutOptions,
): Promise<number> {
  const outcome = await putObject(granted.upload, file, options).catch(async (error) => {
    if (isExpired(error)) return renew()
    if (error instanceof StoreError || options.signal?.aborted) throw error
    return trustTheStore(error)
  })
  if (outcome === 'someone was faster') return 0
  await client.completeUpload(granted.imageId)
  return outcome === 'stored' ? file.size : 0

  async function renew() {
    const renewed = await client.requestUpload(request)
    return isGranted(renewed) ? putObject(renewed.upload, file, options) : 'someone was faster'
  }

  /** A store that has the bytes may hang up in the middle of a PUT instead of answering it: so ask whether it has. */
  async function trustTheStore(error: unknown) {
    await client.completeUpload(granted.imageId).catch((refusal) => {
      throw refusal instanceof HashgateError ? error : refusal
    })
    return 'already there' as const
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof StoreError && error.status === 403
}
