import { randomBytes } from 'node:crypto'
import type { Sharp } from 'sharp'
import { type AcceptedFormat, acceptedFormats } from '../../../core/images/formats.ts'
import { sharp } from '../../../processor/imaging/decoder.ts'

/** Formats that sharp can write. HEIC files are fixtures: `processor/test/imaging/heic/files`. */
export type EncodableFormat = Exclude<AcceptedFormat, 'heic'>

export const encodableFormats = Object.keys(acceptedFormats).filter(
  (format) => format !== 'heic',
) as EncodableFormat[]

interface ImageOptions {
  width?: number
  height?: number
  channels?: 3 | 4
}

/** Random pixels: a unique image that does not compress to almost nothing. */
export function drawNoise({ width = 320, height = 240, channels = 3 }: ImageOptions = {}): Sharp {
  return sharp(randomBytes(width * height * channels), { raw: { width, height, channels } })
}

/** An image of random pixels in the given format. */
export function makeImage(format: EncodableFormat, options?: ImageOptions): Promise<Buffer> {
  return encodeAs(format, drawNoise(options))
}

export function encodeAs(format: EncodableFormat, image: Sharp): Promise<Buffer> {
  if (format === 'avif') return image.avif({ effort: 0 }).toBuffer()
  if (format === 'tiff') return image.tiff({ compression: 'deflate' }).toBuffer()
  return image.toFormat(format).toBuffer()
}
