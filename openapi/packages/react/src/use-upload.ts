import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { type HashgateOptions, useHashgateOptions } from './hashgate-provider.ts'
import { isSettled, type Upload } from './upload.ts'
import { createUploadQueue, type QueueOptions } from './upload-queue.ts'

/** Missing options are taken from the HashgateProvider. */
export interface UseUploadOptions extends Partial<HashgateOptions> {
  /** Uploads under way at once; the others are `queued`. 4 by default. */
  concurrency?: number
}

export interface UploadState {
  /** In the order in which they were started. */
  uploads: readonly Upload[]
  /** `idle` without uploads, `settled` when nothing more happens by itself. */
  status: 'idle' | 'active' | 'settled'
  /** Sent part of all files that were not canceled and did not fail, 0 to 1. */
  progress: number
  /**
   * Starts an upload for each file. It resolves with these uploads when all are settled, and does not reject: check each `status`.
   * Takes the `files` of an `<input>` or a drop as they are.
   */
  start: (files: Blob | Iterable<Blob> | ArrayLike<Blob> | null | undefined) => Promise<Upload[]>
  /** Stops the upload with this id, or all that are not settled. */
  cancel: (id?: string) => void
  /** Starts the upload with this id again, or all that failed or were canceled. */
  retry: (id?: string) => void
  /** Cancels the upload with this id and removes it from the list. */
  remove: (id: string) => void
  /** Cancels and removes all uploads. */
  reset: () => void
}

/**
 * Uploads images and reports their progress. The functions keep their identity, and uploads that are not settled are canceled when the
 * component unmounts.
 *
 *     const { uploads, start } = useUpload()
 *     <input type="file" multiple onChange={(event) => start(event.target.files)} />
 *
 * @throws Error without a gateway or a key
 */
export function useUpload(options: UseUploadOptions = {}): UploadState {
  const current = useQueueOptions(options)
  const [queue] = useState(() => createUploadQueue(current))
  useEffect(() => queue.configure(current))
  useEffect(() => () => queue.cancel(), [queue])
  const uploads = useSyncExternalStore(queue.subscribe, queue.getUploads, queue.getUploads)

  const start = useCallback<UploadState['start']>(
    (files) => queue.add(files instanceof Blob ? [files] : Array.from(files ?? [])),
    [queue],
  )
  const cancel = useCallback((id?: string) => queue.cancel(id), [queue])
  const retry = useCallback((id?: string) => queue.retry(id), [queue])
  const remove = useCallback((id: string) => queue.remove(id), [queue])
  const reset = useCallback(() => queue.remove(), [queue])
  return {
    uploads,
    status: summarize(uploads),
    progress: addProgress(uploads),
    start,
    cancel,
    retry,
    remove,
    reset,
  }
}

function useQueueOptions({ concurrency = 4, ...own }: UseUploadOptions): QueueOptions {
  const provided = useHashgateOptions()
  const { gateway = provided?.gateway, key = provided?.key } = own
  if (gateway === undefined || key === undefined) {
    throw new Error(
      'useUpload needs a gateway and a key: wrap the component in a HashgateProvider, or pass both as options.',
    )
  }
  return { ...provided, ...own, gateway, key, concurrency: Math.max(1, concurrency) }
}

function summarize(uploads: readonly Upload[]): UploadState['status'] {
  if (uploads.length === 0) return 'idle'
  return uploads.every(isSettled) ? 'settled' : 'active'
}

function addProgress(uploads: readonly Upload[]): number {
  const counted = uploads.filter(({ status }) => status !== 'failed' && status !== 'canceled')
  const totalBytes = counted.reduce((sum, upload) => sum + upload.totalBytes, 0)
  const sentBytes = counted.reduce((sum, upload) => sum + upload.progress * upload.totalBytes, 0)
  return totalBytes === 0 ? 0 : sentBytes / totalBytes
}
