import type { Prepared } from '../prepare/prepared.ts'
import { dropDamagedChunks } from './drop-damaged-chunks.ts'
import { readPngExif } from './read-exif.ts'
import { showFirstFrame } from './show-first-frame.ts'
import { widenWindow } from './widen-window.ts'

/** Rewrites a PNG whose picture libvips would not show, or not open, although browsers do. */
export function preparePng(original: Buffer): Prepared {
  const sound = dropDamagedChunks(original)
  const { bytes, canvas } = showFirstFrame(sound)
  return { bytes: widenWindow(bytes), exif: readPngExif(sound), ...(canvas && { canvas }) }
}
