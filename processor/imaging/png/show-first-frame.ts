import type { Canvas } from '../prepare/prepared.ts'
import { hasValidChecksum, type PngChunk, readChunks, signatureBytes, writeChecksum } from './chunks.ts'

const sequenceNumberBytes = 4

interface FirstFrame {
  bytes: Buffer
  /** Set where the frame is smaller than the canvas. */
  canvas?: Canvas
}

/**
 * Makes the first frame of an animated PNG its picture, if its picture is not one of the frames: programs without animation show that
 * picture, browsers do not. A frame that leaves the canvas is not allowed, so such a file is left as it is. Source: Portable Network
 * Graphics (third edition), 4.9 and 11.3.6.
 */
export function showFirstFrame(png: Buffer): FirstFrame {
  const unchanged = { bytes: png }
  if (!hasHiddenPicture(png)) return unchanged
  const parts = [png.subarray(0, signatureBytes)]
  let canvas: Canvas | undefined
  let frames = 0
  for (const chunk of readChunks(png)) {
    const { type, data, framed } = chunk
    if (type === 'fcTL' && ++frames === 1) {
      const header = parts[1]
      if (!header || data.length !== frameBytes || header.length !== headerBytes) return unchanged
      canvas = readCanvas(data, header)
      if (!canvas) return unchanged
      parts[1] = resize(header, data)
    }
    if (type === 'fdAT' && frames === 1) {
      if (!hasValidChecksum(chunk)) return unchanged
      parts.push(toPixels(chunk))
    } else if (!['acTL', 'fcTL', 'fdAT', 'IDAT'].includes(type)) {
      parts.push(framed)
    }
  }
  if (!canvas) return unchanged
  const isCovered = canvas.width === canvas.frameWidth && canvas.height === canvas.frameHeight
  return { bytes: Buffer.concat(parts), ...(!isCovered && { canvas }) }
}

/** Whether the pixels follow the announcement of an animation, but no frame's description. */
function hasHiddenPicture(png: Buffer): boolean {
  let isAnimated = false
  for (const { type } of readChunks(png)) {
    if (type === 'IDAT') return isAnimated
    if (type === 'fcTL') return false
    if (type === 'acTL') isAnimated = true
  }
  return false
}

/** Bytes of the data of `fcTL`, and of the whole `IHDR`. */
const frameBytes = 26
const headerBytes = 25

/** `IHDR` begins with width and height; `fcTL` has a sequence number, the frame's size and then its position. */
function readCanvas(frame: Buffer, header: Buffer): Canvas | undefined {
  const [frameWidth, frameHeight] = [frame.readUInt32BE(4), frame.readUInt32BE(8)]
  const [left, top] = [frame.readUInt32BE(12), frame.readUInt32BE(16)]
  const [width, height] = [header.readUInt32BE(8), header.readUInt32BE(12)]
  const isInside = left + frameWidth <= width && top + frameHeight <= height
  return isInside ? { width, height, left, top, frameWidth, frameHeight } : undefined
}

function resize(header: Buffer, frame: Buffer): Buffer {
  const resized = Buffer.from(header)
  frame.copy(resized, 8, 4, 12)
  writeChecksum(resized)
  return resized
}

function toPixels({ data }: PngChunk): Buffer {
  const pixels = data.subarray(sequenceNumberBytes)
  const framed = Buffer.alloc(pixels.length + 12)
  framed.writeUInt32BE(pixels.length)
  framed.write('IDAT', 4, 'latin1')
  pixels.copy(framed, 8)
  writeChecksum(framed)
  return framed
}
