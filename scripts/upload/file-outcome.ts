import type { Image } from '../../openapi/client/types.ts'
import type { PreparedFile } from './prepare-file.ts'

/** How it went for one file. */
export interface FileOutcome {
  imageId?: string
  result: 'uploaded' | 'duplicate' | 'rejected' | 'failed'
  status?: Image['status']
  /** Why it was rejected or failed, for people. */
  reason?: string
  uploadedBytes: number
  /** Bytes that need not be sent, because they were there. */
  skippedBytes: number
  variants: string[]
}

/** What became of an image, as far as it is known after the wait. */
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
  if (status !== 'ready') return { result: 'failed', reason: `It is still ${status}; ask again later.` }
}

/** @param file absent when the file could not even be read */
export function describeFailure(error: unknown, file?: PreparedFile): FileOutcome {
  return {
    imageId: file?.request.sha256,
    result: 'failed',
    reason: error instanceof Error ? error.message : String(error),
    uploadedBytes: 0,
    skippedBytes: 0,
    variants: [],
  }
}

/** The outcome of a file with the same content as another one of this run: it shares its fate and sends nothing. */
export function describeTwin(other: FileOutcome): FileOutcome {
  return {
    ...other,
    result: other.result === 'uploaded' ? 'duplicate' : other.result,
    uploadedBytes: 0,
    skippedBytes: other.uploadedBytes + other.skippedBytes,
  }
}
