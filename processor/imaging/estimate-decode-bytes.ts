import type { AcceptedFormat } from '../../core/images/formats.ts'
import type { ImageHeader } from './read-header.ts'

type Size = Pick<ImageHeader, 'width' | 'height'>

/**
 * Maximum memory for decoding an image that the decoder must hold as a whole; 0 for one that it streams row by row. Bytes per pixel
 * were measured with sharp 0.35.5 on images of 25 to 100 megapixels and rounded up; they are documented nowhere.
 */
export function estimateDecodeBytes(format: AcceptedFormat, header: ImageHeader): number {
  return header.width * header.height * bytesPerPixel(format, header)
}

/**
 * Maximum memory for resizing an animation into a box: libvips holds all frames of a WebP but one frame of a GIF, and the encoder
 * holds its output. Measured in the same way.
 */
export function estimateAnimationBytes(format: AcceptedFormat, header: ImageHeader, box: Size): number {
  const { width, height, pages } = header
  const heldFrames = format === 'webp' ? pages : 1
  const output = Math.min(width * height, box.width * box.height)
  return width * height * (heldFrames * 4 + 1) + output * 25
}

function bytesPerPixel(format: AcceptedFormat, header: ImageHeader): number {
  const { depth, channels, isProgressive, chromaSubsampling } = header
  const channelBytes = depth === 'ushort' ? 2 : 1
  switch (format) {
    case 'heic':
      return heicBytesPerPixel(header) * channelBytes
    case 'avif':
      // libaom's frames and libheif's copies of them.
      return channelBytes === 2 ? 25 : 18
    case 'gif':
    case 'webp':
      // The canvas, in RGBA.
      return 5
    case 'jpeg':
      // All coefficients of all scans, 16 bits each.
      if (!isProgressive) return 0
      return chromaSubsampling === '4:2:0' ? 3.2 : channels * 2
    case 'png':
      return isProgressive ? channels * channelBytes + 1 : 0
    case 'tiff':
      return 0
  }
}

/** libde265's planes, libheif's copy of them, and its interleaved pixels, in memory that grows by a fifth; then our copy of the pixels. */
function heicBytesPerPixel({ chromaSubsampling, channels, hasAlpha }: ImageHeader): number {
  const colorPlanes = planesOf[chromaSubsampling ?? ''] ?? 3
  const planes = colorPlanes + (hasAlpha ? 1 : 0)
  return (2 * planes + channels) * 1.2 + channels
}

/** Samples per pixel. */
const planesOf: Record<string, number> = { '4:0:0': 1, '4:2:0': 1.5, '4:2:2': 2, '4:4:4': 3 }
