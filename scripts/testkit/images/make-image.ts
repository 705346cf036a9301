import { randomBytes } from 'node:crypto'
import type { Sharp } from 'sharp'
import type { AcceptedFormat } from '../../../core/images/formats.ts'
import { sharp } from '../../../processor/imaging/decoder.ts'

interface ImageOptions {
  width?: number
  height?: number
  channels?: 3 | 4
}

/** Random pixels: an image that no other test has, and that does not compress to nothing. */
export function drawNoise({ width = 320, height = 240, channels = 3 }: ImageOptions = {}): Sharp {
  return sharp(randomBytes(width * height * channels), { raw: { width, height, channels } })
}

/** An image of random pixels in the given format. */
export function makeImage(format: AcceptedFormat, options?: ImageOptions): Promise<Buffer> {
  return encodeAs(format, drawNoise(options))
}

export function encodeAs(format: AcceptedFormat, image: Sharp): Promise<Buffer> {
  if (format === 'avif') return image.avif({ effort: 0 }).toBuffer()
  if (format === 'tiff') return image.tiff({ compression: 'deflate' }).toBuffer()
  return image.toFormat(format).toBuffer()
}
