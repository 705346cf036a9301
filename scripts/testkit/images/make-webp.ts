import { sharp } from '../../../processor/imaging/decoder.ts'

interface WebpOptions {
  width: number
  height: number
  frames: number
}

const redPixel = { create: { width: 1, height: 1, channels: 4, background: '#ff000080' } } as const

/** An animation of one-pixel frames on a canvas of any size. Source: WebP Container Specification. */
export async function makeWebp({ width, height, frames }: WebpOptions): Promise<Buffer> {
  const pixels = await sharp(redPixel).webp({ lossless: true }).toBuffer()
  const onePixel = pixels.subarray('RIFF1234WEBP'.length)
  const isAnimated = 0x02
  const hasAlpha = 0x10
  const features = chunk('VP8X', [
    isAnimated | hasAlpha,
    0,
    0,
    0,
    ...uint24(width - 1),
    ...uint24(height - 1),
  ])
  const animation = chunk('ANIM', [0, 0, 0, 0, 0, 0])
  const frame = chunk('ANMF', [...Array<number>(12).fill(0), ...uint24(100), 0, ...onePixel])
  const body = [Buffer.from('WEBP'), features, animation, Buffer.alloc(frame.length * frames, frame)]
  return chunk('RIFF', Buffer.concat(body))
}

function chunk(name: string, data: Buffer | number[]): Buffer {
  const head = Buffer.alloc(8)
  head.write(name)
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, Buffer.from(data)])
}

function uint24(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, value >> 16]
}
