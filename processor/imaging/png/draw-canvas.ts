import { sharp } from '../decoder.ts'
import type { ImagingLimits } from '../limits.ts'
import type { Canvas } from '../prepare/prepared.ts'
import { type PngChunk, readChunks, signatureBytes } from './chunks.ts'

/** Chunks in front of the pixels that describe their stored form, which changes. */
const formChunks = ['IHDR', 'PLTE', 'tRNS', 'sBIT', 'bKGD', 'hIST']

/** A PNG of the whole canvas, transparent around the picture, with the picture's depth, colours and orientation. */
export async function drawCanvas(
  png: Buffer,
  { width, height, left, top, frameWidth, frameHeight }: Canvas,
  { decodeTimeoutSeconds: seconds }: Pick<ImagingLimits, 'decodeTimeoutSeconds'>,
): Promise<Buffer> {
  const picture = sharp(png, { failOn: 'error', limitInputPixels: false, ignoreIcc: true })
  const { space } = await picture.metadata()
  const right = width - left - frameWidth
  const bottom = height - top - frameHeight
  const canvas = await picture
    .timeout({ seconds })
    .ensureAlpha()
    .extend({ left, top, right, bottom, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .toColourspace(space)
    .png({ compressionLevel: 1 })
    .toBuffer()
  const [header, ...pixels] = [...readChunks(canvas)].filter(({ type }) =>
    ['IHDR', 'IDAT', 'IEND'].includes(type),
  )
  const parts = [header, ...readDescription(png), ...pixels].map((chunk) => chunk?.framed ?? Buffer.alloc(0))
  return Buffer.concat([canvas.subarray(0, signatureBytes), ...parts])
}

function* readDescription(png: Buffer): Generator<PngChunk> {
  for (const chunk of readChunks(png)) {
    if (chunk.type === 'IDAT') return
    if (!formChunks.includes(chunk.type)) yield chunk
  }
}
