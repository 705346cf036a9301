import { Rejection } from '../../core/errors.ts'
import type { AcceptedFormat } from '../../core/images/formats.ts'
import type { VariantSpec } from '../../core/images/variants.ts'
import { staysAnimated } from './encode-animation.ts'
import { estimateAnimationBytes, estimateDecodeBytes } from './estimate-decode-bytes.ts'
import { channelsOf, type ImagingLimits, maxBitsPerChannel, maxSidePixels } from './limits.ts'
import type { ImageHeader } from './read-header.ts'

interface Bounds {
  limits: ImagingLimits
  variants: readonly VariantSpec[]
}

/** Checks the header of an image against the limits. @throws Rejection */
export function checkHeader(format: AcceptedFormat, header: ImageHeader, { limits, variants }: Bounds): void {
  const isAnimated = variants.some((spec) => staysAnimated(spec, { format, ...header }))
  // The decoder reads only those frames of a GIF that are shown.
  if (format !== 'gif' || isAnimated) checkPages(header.pages, limits)
  checkSize(header, limits, { isAnimated })
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

function checkSize(
  { width, height, pages }: ImageHeader,
  limits: ImagingLimits,
  { isAnimated }: { isAnimated: boolean },
): void {
  const { maxInputPixels, maxAnimatedPixels } = limits
  const size = `${width}×${height} pixels`
  if (Math.max(width, height) > maxSidePixels) {
    throw tooManyPixels(`${size}; the maximum per side is ${maxSidePixels}`)
  }
  if (width * height > maxInputPixels) {
    throw tooManyPixels(`${size}; the maximum is ${maxInputPixels} in total`)
  }
  if (isAnimated && width * height * pages > maxAnimatedPixels) {
    throw tooManyPixels(`${size} in ${pages} pages; the maximum is ${maxAnimatedPixels} in total`)
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

/** Bits per unsigned channel. Other number types hold measurements, for which no white point is defined. */
const bitsOf: Partial<Record<ImageHeader['depth'], number>> = { uchar: 8, ushort: 16 }

function checkPixelFormat({ space, depth, channels }: ImageHeader): void {
  const bits = bitsOf[depth]
  const fix = 'Export the image as sRGB with 8 bits per channel.'
  if (bits === undefined || bits > maxBitsPerChannel) {
    const found = bits === undefined ? `of the kind "${depth}"` : `of ${bits} bits`
    throw new Rejection('pixel_format_unsupported', `The image has channels ${found}. ${fix}`)
  }
  const accepted = channelsOf[space]
  if (!accepted) {
    throw new Rejection('pixel_format_unsupported', `The image is in the colour space "${space}". ${fix}`)
  }
  if (!accepted.includes(channels)) {
    throw new Rejection(
      'pixel_format_unsupported',
      `The image has ${channels} channels. Export it without extra channels, such as masks and spot colours.`,
    )
  }
}

function tooManyPixels(finding: string): Rejection {
  return new Rejection('too_many_pixels', `The image has ${finding}.`)
}

function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6)
}
