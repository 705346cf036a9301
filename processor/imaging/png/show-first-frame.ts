import { hasValidChecksum, type PngChunk, readChunks, signatureBytes, writeChecksum } from './chunks.ts'

const sequenceNumberBytes = 4

/**
 * Makes the first frame of an animated PNG its picture, if its picture is none of the frames: programs without animation show that
 * picture, browsers do not. A first frame that is smaller than the canvas stays behind the picture. Source: Portable Network Graphics
 * (third edition), 4.9 and 11.3.6.
 */
export function showFirstFrame(png: Buffer): Buffer {
  if (!hasHiddenPicture(png)) return png
  const parts = [png.subarray(0, signatureBytes)]
  let header: Buffer = Buffer.alloc(0)
  let frames = 0
  for (const chunk of readChunks(png)) {
    const { type, data, framed } = chunk
    if (type === 'IHDR') header = data
    if (type === 'fcTL' && ++frames === 1 && !fillsCanvas(data, header)) return png
    if (type === 'fdAT' && frames === 1) {
      if (!hasValidChecksum(chunk)) return png
      parts.push(toPixels(chunk))
    } else if (!['acTL', 'fcTL', 'fdAT', 'IDAT'].includes(type)) {
      parts.push(framed)
    }
  }
  return frames === 0 ? png : Buffer.concat(parts)
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

/** Whether a frame of this description covers the canvas. Both begin with width and height; the frame's position follows its size. */
function fillsCanvas(frame: Buffer, header: Buffer): boolean {
  const [sizeAt, positionAt, end] = [4, 12, 20]
  return (
    frame.subarray(sizeAt, positionAt).equals(header.subarray(0, 8)) &&
    !frame.subarray(positionAt, end).some(Boolean)
  )
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
