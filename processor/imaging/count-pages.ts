import type { AcceptedFormat } from '../../core/images/formats.ts'
import { findDirectories } from './tiff/read-directories.ts'

/**
 * Counts the pages of a file up to `max + 1` by following its own chain of pages. It must run before the decoder: libwebp appends
 * frames to a list by searching for its end, which takes hours for a million frames and cannot be interrupted. Formats whose decoders
 * count quickly return 1.
 */
export function countPages(format: AcceptedFormat, bytes: Buffer, max: number): number {
  if (format === 'webp') return countWebpFrames(bytes, max)
  if (format === 'tiff') return countTiffPages(bytes, max)
  return 1
}

/** Source: WebP Container Specification, "RIFF File Format". */
function countWebpFrames(bytes: Buffer, max: number): number {
  let frames = 0
  for (let at = 12; at + 8 <= bytes.length && frames <= max; ) {
    if (bytes.toString('latin1', at, at + 4) === 'ANMF') frames++
    const size = bytes.readUInt32LE(at + 4)
    at += 8 + size + (size % 2)
  }
  return Math.max(1, frames)
}

/** A chain can be circular. */
function countTiffPages(bytes: Buffer, max: number): number {
  let pages = 0
  for (const _ of findDirectories(bytes)) if (++pages > max) break
  return Math.max(1, pages)
}
