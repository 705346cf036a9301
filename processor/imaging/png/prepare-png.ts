import type { Prepared } from '../prepare/prepared.ts'
import { dropDamagedChunks } from './drop-damaged-chunks.ts'
import { readPngExif } from './read-exif.ts'
import { showFirstFrame } from './show-first-frame.ts'
import { widenWindow } from './widen-window.ts'

/** Rewrites a PNG that browsers show but that libvips cannot open or shows differently. */
export function preparePng(original: Buffer): Prepared {
  const sound = dropDamagedChunks(original)
  const { bytes, canvas } = showFirstFrame(sound)
  return { bytes: widenWindow(bytes), exif: readPngExif(sound), ...(canvas && { canvas }) }
}
