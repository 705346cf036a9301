import { createHash } from 'node:crypto'
import sharp from 'sharp'

const formats = ['png', 'jpeg', 'webp'] as const
const side = 64

/** A small image that is like no other: noise that follows from its number, so a run can be repeated. */
export async function makeImage(number: number): Promise<Blob> {
  const format = formats[number % formats.length] ?? 'png'
  const noise = createHash('shake256', { outputLength: side * side * 3 })
    .update(String(number))
    .digest()
  const image = sharp(noise, { raw: { width: side, height: side, channels: 3 } })
  return new Blob([Uint8Array.from(await image.toFormat(format).toBuffer())], { type: `image/${format}` })
}
