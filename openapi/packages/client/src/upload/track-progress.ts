import type { UploadStep } from '../upload-image.ts'

/** The progress of one file and of the whole list. */
export interface ImagesProgress<F extends Blob = Blob> {
  file: F
  /** Position of the file in the list. */
  index: number
  step: UploadStep | 'done' | 'failed'
  /** Bytes of this file that were sent. The count starts over when an attempt fails. */
  sentBytes: number
  totalBytes: number
  all: {
    /** Files that are done or have failed. */
    doneFiles: number
    totalFiles: number
    /** Bytes that were sent, or need not be sent. */
    doneBytes: number
    totalBytes: number
  }
}

/** Adds up the progress of all files, and calls `onProgress` with each change. */
export function trackProgress<F extends Blob>(
  files: readonly F[],
  onProgress?: (progress: ImagesProgress<F>) => void,
) {
  const sent = files.map(() => 0)
  const all = {
    doneFiles: 0,
    totalFiles: files.length,
    doneBytes: 0,
    totalBytes: files.reduce((sum, { size }) => sum + size, 0),
  }

  /** @param sentBytes unchanged if left out */
  return function report(index: number, step: ImagesProgress['step'], sentBytes = sent[index] ?? 0): void {
    const file = files[index] as F
    const isOver = step === 'done' || step === 'failed'
    // A settled file fills its part of the bar, even if nothing had to be sent.
    all.doneBytes += (isOver ? file.size : sentBytes) - (sent[index] ?? 0)
    if (isOver) all.doneFiles += 1
    sent[index] = isOver ? file.size : sentBytes
    onProgress?.({ file, index, step, sentBytes, totalBytes: file.size, all: { ...all } })
  }
}
