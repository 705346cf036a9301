import type { Metadata } from 'sharp'
import { classifyDecodeError, retryIfSilent } from './decode-errors.ts'
import { sharp } from './decoder.ts'
import type { Canvas, Prepared } from './prepare/prepared.ts'

/** The header of an image as stored in the file, before any pixel is decoded. */
export interface ImageHeader {
  /** Pixels of one page with the EXIF orientation applied. */
  width: number
  height: number
  /** Number of frames of an animation or pages of a TIFF; otherwise 1. */
  pages: number
  /** Colour space of the stored pixels, as libvips names it: `srgb`, `rgb16`, `b-w`, `cmyk`, … */
  space: Metadata['space']
  /** Number type of a decoded channel: `uchar` has 8 bits, `ushort` 16; others such as `float` are not accepted. */
  depth: Metadata['depth']
  /** Including alpha. */
  channels: number
  hasAlpha: boolean
  /** Stored in passes over the whole image: a progressive JPEG, an interlaced PNG. */
  isProgressive: boolean
  /** Chroma subsampling of a JPEG, such as `4:2:0`. */
  chromaSubsampling?: string
  /** EXIF orientation, 1 to 8, if there is one. */
  orientation?: number
  /** Raw EXIF from the file; untrusted. */
  exif?: Buffer
  /** The ICC profile of a HEIC image, or one made of its code points. */
  icc?: Buffer
  /** Whether the file has an ICC profile. */
  hasProfile: boolean
  /** Where the picture is on a larger canvas, whose size is that of the image. */
  canvas?: Canvas
  /** Milliseconds that each frame of an animation is shown. */
  delay?: number[]
}

/**
 * Reads the header only.
 * @param page counted from 0; absent for the format's own choice
 * @param pages number of pages, if not all of those in the bytes count
 * @param canvas which makes the image larger and transparent
 * @param found EXIF, for where the decoder finds none
 * @throws Rejection when it cannot be read
 */
export async function readHeader(
  bytes: Buffer,
  { page, pages, canvas, ...found }: Omit<Prepared, 'bytes'> = {},
): Promise<ImageHeader> {
  const image = sharp(bytes, { page, failOn: 'none', limitInputPixels: false, limitInputChannels: false })
  try {
    const metadata = await retryIfSilent(() => image.metadata())
    const { autoOrient, delay, space, depth, channels, hasAlpha, ...rest } = metadata
    const { hasProfile, isProgressive, chromaSubsampling, orientation, exif = found.exif } = rest
    const pixels = { space, depth, channels, hasAlpha, hasProfile, isProgressive, chromaSubsampling }
    return {
      ...autoOrient,
      pages: pages ?? metadata.pages ?? 1,
      ...pixels,
      orientation,
      exif,
      ...(delay && { delay: delay.slice(page) }),
      ...(canvas && enlarge(canvas, metadata)),
    }
  } catch (error) {
    throw classifyDecodeError(error)
  }
}

function enlarge(canvas: Canvas, { channels, hasAlpha, orientation = 1 }: Metadata): Partial<ImageHeader> {
  const { width, height } = canvas
  const size = orientation > 4 ? { width: height, height: width } : { width, height }
  return { ...size, hasAlpha: true, channels: hasAlpha ? channels : channels + 1, canvas }
}
