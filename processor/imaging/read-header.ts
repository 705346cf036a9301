import type { Metadata } from 'sharp'
import { Rejection } from '../../core/errors.ts'
import { isMachineError, retryIfSilent } from './decode-errors.ts'
import { sharp } from './decoder.ts'

/** What an image says of itself before a pixel is decoded. It may be lying. */
export interface ImageHeader {
  /** Pixels of one page as they will be seen: the EXIF orientation is applied. */
  width: number
  height: number
  /** Frames of an animation, pages of a TIFF; 1 of anything else. */
  pages: number
  /** Colour space of the stored pixels, in libvips' words: `srgb`, `rgb16`, `b-w`, `cmyk`, … */
  space: Metadata['space']
  /** Kind of number that a channel is decoded to: `uchar` has 8 bits, `ushort` 16; `float` and the like are not for pictures. */
  depth: Metadata['depth']
  /** Alpha among them. */
  channels: number
  hasAlpha: boolean
  /** Stored in passes over the whole image: a progressive JPEG, an interlaced PNG. */
  isProgressive: boolean
  /** `4:2:0` and the like, of JPEG. */
  chromaSubsampling?: string
  /** EXIF orientation, 1 to 8; absent when the image does not say. */
  orientation?: number
  /** As it is in the file: bytes from strangers. */
  exif?: Buffer
  /** Whether the stored colours are those of an ICC profile within the file. */
  hasProfile: boolean
}

/** Reads the header alone. @throws Rejection when there is none to be read */
export async function readHeader(bytes: Buffer): Promise<ImageHeader> {
  const image = sharp(bytes, { failOn: 'none', limitInputPixels: false })
  try {
    const metadata = await retryIfSilent(() => image.metadata())
    const { autoOrient, pages = 1, space, depth, channels, hasAlpha, ...rest } = metadata
    const { hasProfile, isProgressive, chromaSubsampling, orientation, exif } = rest
    const pixels = { space, depth, channels, hasAlpha, hasProfile, isProgressive, chromaSubsampling }
    return { ...autoOrient, pages, ...pixels, orientation, exif }
  } catch (error) {
    if (isMachineError(error)) throw error
    throw new Rejection('image_corrupt', undefined, error)
  }
}
