import type { Prepared } from '../prepare/prepared.ts'
import { findFirstBlock, type GifFrame, type Rectangle, readCanvas, readFrames } from './read-frames.ts'
import { scanPixels } from './scan-pixels.ts'

const clearsItsArea = 2

/**
 * Rewrites a GIF so that areas that no frame draws, and areas that are cleared after a frame, are transparent. libvips has no alpha
 * channel for a GIF whose frames have no transparent colour, and clears the area of such a frame to the background colour. Pixels and
 * palettes stay as they are; most files are returned unchanged.
 * @param maxPages of a longer GIF, only the first frame is kept
 */
export function prepareGif(original: Buffer, { maxPages }: { maxPages: number }): Prepared {
  const pages = countFrames(original)
  const isLong = pages > maxPages
  return { ...showUndrawn(isLong ? keepFirstFrame(original) : clearToTransparent(original)), pages }
}

/**
 * Puts an invisible frame with a transparent colour before a first frame that leaves some of the canvas undrawn. A first frame that is
 * truncated stays the first, because the decoder rejects a file only for its first frame.
 */
function showUndrawn(bytes: Buffer): Omit<Prepared, 'pages'> {
  const [first] = readFrames(bytes)
  const isWhole = first !== undefined && first.endsAt <= bytes.length
  if (!isWhole || drawsAll(bytes, first)) return { bytes }
  const blocksAt = findFirstBlock(bytes)
  const frame = invisibleFrame(enclose(readCanvas(bytes), first))
  return {
    bytes: Buffer.concat([bytes.subarray(0, blocksAt), frame, bytes.subarray(blocksAt)]),
    page: 1,
  }
}

function countFrames(bytes: Buffer): number {
  let frames = 0
  for (const _ of readFrames(bytes)) frames++
  return Math.max(1, frames)
}

function keepFirstFrame(bytes: Buffer): Buffer {
  const [first] = readFrames(bytes)
  const trailer = 0x3b
  return Buffer.concat([bytes.subarray(0, first?.endsAt), Buffer.from([trailer])])
}

/** Whether the first frame draws the whole canvas, or fills it and has a transparent colour. */
function drawsAll(bytes: Buffer, first: GifFrame): boolean {
  if (!contains(first, readCanvas(bytes))) return false
  return first.hasTransparentColor || scanPixels(bytes, first.pixelsAt).count >= first.width * first.height
}

/**
 * Gives each frame that is cleared, and not covered by the next one, a transparent colour: one that its pixels do not use. A frame that
 * uses all 256 stays as it is.
 */
function clearToTransparent(original: Buffer): Buffer {
  let bytes = original
  let previous: GifFrame | undefined
  for (const frame of readFrames(original)) {
    if (previous && mustBeCleared(previous, frame)) {
      const index = findUnusedIndex(original, previous)
      if (index !== undefined) bytes = setTransparentColor(bytes, original, previous, index)
    }
    previous = frame
  }
  return bytes
}

function mustBeCleared(frame: GifFrame, next: GifFrame): boolean {
  if (frame.disposal !== clearsItsArea || frame.hasTransparentColor) return false
  return next.hasTransparentColor || !contains(next, frame)
}

function findUnusedIndex(bytes: Buffer, { pixelsAt }: GifFrame): number | undefined {
  const index = scanPixels(bytes, pixelsAt).isUsed.lastIndexOf(0)
  return index < 0 ? undefined : index
}

function setTransparentColor(bytes: Buffer, original: Buffer, { flagsAt }: GifFrame, index: number): Buffer {
  if (flagsAt === undefined) return bytes
  const changed = bytes === original ? Buffer.from(original) : bytes
  changed[flagsAt] = (changed[flagsAt] ?? 0) | 1
  changed[flagsAt + 3] = index
  return changed
}

/** A frame of one pixel in the transparent colour. */
function invisibleFrame({ width, height }: Rectangle): Buffer {
  const frame = Buffer.from('21f90401000000002c0000000000000000000202440100', 'hex')
  frame.writeUInt16LE(width, 13)
  frame.writeUInt16LE(height, 15)
  return frame
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    outer.left <= inner.left &&
    outer.top <= inner.top &&
    outer.left + outer.width >= inner.left + inner.width &&
    outer.top + outer.height >= inner.top + inner.height
  )
}

/** The canvas, enlarged by a first frame that exceeds it, as the decoder does. */
function enclose(canvas: Rectangle, { left, top, width, height }: Rectangle): Rectangle {
  return {
    ...canvas,
    width: Math.min(65_535, Math.max(canvas.width, left + width)),
    height: Math.min(65_535, Math.max(canvas.height, top + height)),
  }
}
