import type { Image } from '@hashgate/client'

/**
 * `queued` → `hashing` → `uploading` → `processing` → `ready` or `rejected`. `uploading` is left out when the gateway already has the
 * bytes. `failed` and `canceled` can follow each of the first four, and `retry` leads back to `queued`.
 */
export type UploadStatus =
  | 'queued'
  | 'hashing'
  | 'uploading'
  | 'processing'
  | 'ready'
  | 'rejected'
  | 'failed'
  | 'canceled'

/** One upload. Each change makes a new object; unchanged uploads stay the same objects, so `memo` works. */
export interface Upload {
  /** Stable, for `key`, `cancel` and `retry`. */
  id: string
  file: Blob
  /** Empty for a Blob without a name. */
  fileName: string
  status: UploadStatus
  sentBytes: number
  totalBytes: number
  /** Sent part of the file, 0 to 1. 1 also when nothing had to be sent. */
  progress: number
  /** Whether the gateway already had the bytes, so that none were sent. */
  isDuplicate: boolean
  /** The record, with the statuses `ready` and `rejected`. */
  image?: Image
  /** The reason for the statuses `rejected` and `failed`. Its message is a sentence for users, its `code`, if any, is stable. */
  error?: Error
}

export function createUpload(id: string, file: Blob): Upload {
  return {
    id,
    file,
    fileName: (file as Partial<File>).name ?? '',
    status: 'queued',
    sentBytes: 0,
    totalBytes: file.size,
    progress: 0,
    isDuplicate: false,
  }
}

/** Whether the upload has ended, unless it is retried. */
export function isSettled({ status }: Upload): boolean {
  return status === 'ready' || status === 'rejected' || canRetry({ status })
}

export function canRetry({ status }: Pick<Upload, 'status'>): boolean {
  return status === 'failed' || status === 'canceled'
}
