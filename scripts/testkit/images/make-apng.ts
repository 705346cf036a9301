import type { Sharp } from 'sharp'
import { sharp } from '../../../processor/imaging/decoder.ts'
import { readChunks, signatureBytes } from '../../../processor/imaging/png/chunks.ts'
import { pngChunk } from './make-blank-png.ts'

interface ApngOptions {
  width: number
  height: number
  /** Colour of the default image, which programs without animation show, if it is not a frame. */
  hidden?: string
  /** The colour of each frame. */
  frames: string[]
  /** Pixels from the upper left corner of the canvas to that of each frame, in both directions. */
  offset?: number
  /** Changes the depth or the channels of all pictures. */
  change?: (picture: Sharp) => Sharp
}

/** An animated PNG. Without `hidden`, its default image is its first frame. Source: Portable Network Graphics (third edition), 11.3.6. */
export async function makeApng(options: ApngOptions): Promise<Buffer> {
  const { width, height, hidden, frames, offset = 0, change = (picture) => picture } = options
  const drawPlain = (width: number, height: number, background: string) =>
    change(sharp({ create: { width, height, channels: 3, background } }))
      .png()
      .toBuffer()
  const canvas = await drawPlain(width, height, hidden ?? frames[0] ?? '')
  const [header] = readChunks(canvas)
  let sequence = 0
  const parts = [canvas.subarray(0, signatureBytes), header?.framed ?? Buffer.alloc(0)]
  parts.push(pngChunk('acTL', uint32(frames.length, 0)))
  if (hidden) parts.push(pngChunk('IDAT', pixelsOf(canvas)))
  for (const [index, color] of frames.entries()) {
    const size = [width - offset, height - offset] as const
    const position = [offset, offset]
    const timing = Buffer.from([0, 1, 0, 2, 0, 0])
    parts.push(pngChunk('fcTL', Buffer.concat([uint32(sequence++, ...size, ...position), timing])))
    const pixels = pixelsOf(await drawPlain(...size, color))
    const isPicture = index === 0 && !hidden
    parts.push(
      isPicture ? pngChunk('IDAT', pixels) : pngChunk('fdAT', Buffer.concat([uint32(sequence++), pixels])),
    )
  }
  return Buffer.concat([...parts, pngChunk('IEND', Buffer.alloc(0))])
}

function pixelsOf(png: Buffer): Buffer {
  return Buffer.concat([...readChunks(png)].filter(({ type }) => type === 'IDAT').map(({ data }) => data))
}

function uint32(...values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) data.writeUInt32BE(value, index * 4)
  return data
}
