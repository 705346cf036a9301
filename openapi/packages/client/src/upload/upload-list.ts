import { createUploadBatcher } from '../batch-uploads.ts'
import { checkAborted } from '../check-aborted.ts'
import { createHashgateClient } from '../hashgate-client.ts'
import { GatewayUnreachable, HashgateError } from '../hashgate-error.ts'
import { FileChanged } from '../store-error.ts'
import type { UploadAnswer, UploadRequest } from '../types.ts'
import { deliverBytes, isGranted } from '../upload-image.ts'
import type { UploadImagesOptions, UploadResult } from './images-options.ts'
import { limitConcurrency } from './limit-concurrency.ts'
import { trackProgress } from './track-progress.ts'
import { awaitImage, describeFile } from './upload-steps.ts'

/** One is read while the other is hashed. */
const hashedAtOnce = 2
/** Images become ready roughly in the order of their uploads, so more waiting requests would only burden the gateway. */
const awaitedAtOnce = 4
/** Files between hashing and the end of their upload. With more, upload URLs would expire before they are used. */
const maxAhead = 50
/** How long a batch waits for more requests: enough to fill it while files are hashed. */
const batchDelayMs = 200

interface Sent {
  answer: UploadAnswer
  sentBytes: number
}

/** The work of `uploadImages`. @param stop is aborted to end the whole run; its signal stops all calls */
export async function uploadList<F extends Blob>(
  files: F[],
  options: UploadImagesOptions<F>,
  stop: AbortController,
): Promise<UploadResult<F>[]> {
  const { concurrency = 4, wait = true, hash, send, onProgress, onResult } = options
  const { signal } = stop
  const ahead = limitConcurrency(maxAhead)
  const hashing = limitConcurrency(hashedAtOnce)
  const sending = limitConcurrency(concurrency)
  const waiting = limitConcurrency(awaitedAtOnce)
  const report = trackProgress(files, onProgress)
  const client = createHashgateClient({ ...options, signal })
  const batcher = createUploadBatcher(client, { maxDelayMs: batchDelayMs })
  /** Uploads by SHA-256, so that equal files are sent once. */
  const uploads = new Map<string, Promise<Sent>>()
  let unhashed = files.length
  let fatal: unknown

  async function requestUpload(request: UploadRequest): Promise<UploadAnswer> {
    try {
      const answer = batcher.requestUpload(request)
      if (unhashed === 0) batcher.flush()
      return await answer
    } catch (error) {
      if (concernsAll(error)) {
        fatal ??= error
        stop.abort(error)
      }
      throw error
    }
  }

  async function sendFile(file: F, index: number, request: UploadRequest): Promise<Sent> {
    const answer = await requestUpload(request)
    if (!isGranted(answer)) return { answer, sentBytes: 0 }
    const sentBytes = await sending(() => {
      report(index, 'uploading', 0)
      const onProgress = ({ sentBytes }: { sentBytes: number }) => report(index, 'uploading', sentBytes)
      return deliverBytes({ ...client, requestUpload }, request, answer, file, { signal, send, onProgress })
    })
    return { answer, sentBytes }
  }

  /** @returns the result, and whether it is that of an equal file of the list */
  async function sendOnce(
    file: F,
    index: number,
    request: UploadRequest,
  ): Promise<Sent & { isTwin: boolean }> {
    const { sha256 } = request
    for (let twin = uploads.get(sha256); twin; twin = uploads.get(sha256)) {
      try {
        return { ...(await twin), isTwin: true }
      } catch (error) {
        if (!(error instanceof FileChanged)) throw error
        // Only the other file is unreadable. The first file that waited for it is sent instead.
        if (uploads.get(sha256) === twin) uploads.delete(sha256)
      }
    }
    const mine = sendFile(file, index, request)
    uploads.set(sha256, mine)
    return { ...(await mine), isTwin: false }
  }

  async function hashFile(file: F, index: number): Promise<UploadRequest> {
    try {
      checkAborted(signal)
      report(index, 'hashing', 0)
      return await describeFile(file, { hash, signal })
    } finally {
      unhashed -= 1
      if (unhashed === 0) batcher.flush()
    }
  }

  async function upload(file: F, index: number): Promise<UploadResult<F>> {
    const sent = await ahead(async () => sendOnce(file, index, await hashing(() => hashFile(file, index))))
    const { answer, sentBytes, isTwin } = sent
    const duplicate = isTwin || answer.duplicate
    report(index, 'processing')
    const image = wait
      ? await waiting(() => awaitImage(client, answer, { ...options, signal }))
      : answer.image
    return { file, index, imageId: answer.imageId, duplicate, sentBytes: isTwin ? 0 : sentBytes, image }
  }

  async function settle(file: F, index: number): Promise<UploadResult<F>> {
    const result = await upload(file, index).catch((error): UploadResult<F> => {
      if (fatal) throw fatal
      checkAborted(signal)
      return { file, index, error }
    })
    report(index, result.error ? 'failed' : 'done')
    onResult?.(result)
    return result
  }

  return Promise.all(files.map(settle))
}

/** Whether the gateway is unreachable or does not accept the key, so that no file can be uploaded. Transient errors have been retried. */
function concernsAll(error: unknown): boolean {
  if (error instanceof HashgateError) return [401, 403, 502, 503, 504].includes(error.status)
  return error instanceof GatewayUnreachable
}
