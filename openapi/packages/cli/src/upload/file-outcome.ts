import type { Image } from '@hashgate/client'
import type { PreparedFile } from './prepare-file.ts'

/** The result for one file. */
export interface FileOutcome {
  imageId?: string
  result: 'uploaded' | 'duplicate' | 'rejected' | 'failed'
  status?: Image['status']
  /** Why the image was rejected or failed, as a sentence. */
  reason?: string
  uploadedBytes: number
  /** Bytes that were not sent because the gateway already had them. */
  skippedBytes: number
  variants: string[]
}

/** The outcome for an image in its state after the wait. */
export function describeImage(image: Image, file: PreparedFile, uploadedBytes: number): FileOutcome {
  return {
    imageId: image.imageId,
    result: uploadedBytes > 0 ? 'uploaded' : 'duplicate',
    status: image.status,
    ...describeTrouble(image),
    uploadedBytes,
    skippedBytes: file.request.byteLength - uploadedBytes,
    variants: (image.variants ?? []).map(({ name }) => name),
  }
}

function describeTrouble({ status, rejection }: Image): Pick<FileOutcome, 'result' | 'reason'> | undefined {
  if (status === 'rejected') {
    return { result: 'rejected', reason: `${rejection?.reason}: ${rejection?.detail}` }
  }
  if (status !== 'ready')
    return { result: 'failed', reason: `The image is still ${status}; run the command again later.` }
}

/** @param file absent if it could not be read. @param uploadedBytes bytes that were stored before the failure */
export function describeFailure(error: unknown, file?: PreparedFile, uploadedBytes = 0): FileOutcome {
  return {
    imageId: file?.request.sha256,
    result: 'failed',
    reason: error instanceof Error ? error.message : String(error),
    uploadedBytes,
    skippedBytes: 0,
    variants: [],
  }
}

/** The outcome of a file with the same content as another file of this run: nothing is sent for it. */
export function describeTwin(other: FileOutcome): FileOutcome {
  return {
    ...other,
    result: other.result === 'uploaded' ? 'duplicate' : other.result,
    uploadedBytes: 0,
    skippedBytes: other.uploadedBytes + other.skippedBytes,
  }
}
