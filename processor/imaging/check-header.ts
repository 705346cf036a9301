import { Rejection } from '../../core/errors.ts'
import type { AcceptedFormat } from '../../core/images/formats.ts'
import type { VariantSpec } from '../../core/images/variants.ts'
import { staysAnimated } from './encode-animation.ts'
import { estimateAnimationBytes, estimateDecodeBytes } from './estimate-decode-bytes.ts'
import { colorSpaces, type ImagingLimits, maxBitsPerChannel, maxSidePixels } from './limits.ts'
import type { ImageHeader } from './read-header.ts'

interface Bounds {
  limits: ImagingLimits
  variants: readonly VariantSpec[]
}

/** Holds what an image says of itself against the limits. @throws Rejection */
export function checkHeader(format: AcceptedFormat, header: ImageHeader, { limits, variants }: Bounds): void {
  checkPages(header.pages, limits)
  checkSize(header, limits)
  checkMemory(format, header, { limits, variants })
  checkPixelFormat(header)
}

export function checkPages(pages: number, { maxPages }: ImagingLimits): void {
  if (pages <= maxPages) return
  throw new Rejection(
    'too_many_pages',
    `The image has more frames or pages than this system accepts: ${maxPages}.`,
  )
}

function checkSize({ width, height, pages }: ImageHeader, limits: ImagingLimits): void {
  const { maxInputPixels, maxAnimatedPixels } = limits
  const size = `${width}×${height} pixels`
  if (Math.max(width, height) > maxSidePixels) {
    throw tooManyPixels(`${size}; this system accepts sides of ${maxSidePixels}`)
  }
  if (width * height > maxInputPixels) {
    throw tooManyPixels(`${size}; this system accepts ${maxInputPixels} in all`)
  }
  if (pages > 1 && width * height * pages > maxAnimatedPixels) {
    throw tooManyPixels(`${size} in ${pages} pages; this system accepts ${maxAnimatedPixels} in all`)
  }
}

function checkMemory(format: AcceptedFormat, header: ImageHeader, { limits, variants }: Bounds): void {
  const { maxDecodeBytes } = limits
  const animated = variants.filter((spec) => staysAnimated(spec, { format, ...header }))
  const neededBytes = Math.max(
    estimateDecodeBytes(format, header),
    ...animated.map((spec) => estimateAnimationBytes(format, header, spec)),
  )
  if (neededBytes <= maxDecodeBytes) return
  const { width, height, isProgressive } = header
  const moving = animated.length > 0 ? 'an animated' : 'an'
  const kind = `${isProgressive ? 'a progressive' : moving} ${format.toUpperCase()} image`
  const needed = `${toMegabytes(neededBytes)} MB to decode; this system allows ${toMegabytes(maxDecodeBytes)} MB`
  throw tooManyPixels(`${width}×${height} pixels, and as ${kind} needs ${needed}`)
}

/** Bits of an unsigned channel. Other kinds of numbers are measurements, not pictures: nobody says what is white. */
const bitsOf: Partial<Record<ImageHeader['depth'], number>> = { uchar: 8, ushort: 16 }

function checkPixelFormat({ space, depth }: ImageHeader): void {
  const bits = bitsOf[depth]
  const fix = 'Export the picture as sRGB with 8 bits a channel.'
  if (bits === undefined || bits > maxBitsPerChannel) {
    const found = bits === undefined ? `of the kind "${depth}"` : `of ${bits} bits`
    throw new Rejection('pixel_format_unsupported', `The image has channels ${found}. ${fix}`)
  }
  if (!colorSpaces.includes(space)) {
    throw new Rejection('pixel_format_unsupported', `The image is in the colour space "${space}". ${fix}`)
  }
}

function tooManyPixels(finding: string): Rejection {
  return new Rejection('too_many_pixels', `The image has ${finding}.`)
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
