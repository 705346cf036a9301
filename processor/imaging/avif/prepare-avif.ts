import { findBox, readFileBoxes } from '../heif/read-boxes.ts'
import type { Prepared } from '../prepare/prepared.ts'
import { showSequence } from './show-sequence.ts'

const brandAt = 8
const decoderBrand = 'avif'

/**
 * Rewrites an AVIF that has frames, or whose major brand is not `avif`; libvips does not open those. As in libavif and browsers, the major
 * brand `avif` means the picture, and any other the first frame, if there is one. Source: AV1 Image File Format, section 6.
 */
export function prepareAvif(original: Buffer): Prepared {
  const isPicture = original.toString('latin1', brandAt, brandAt + 4) === decoderBrand
  const frames = findBox(readFileBoxes(original), 'moov')
  if (isPicture && !frames) return { bytes: original }
  return { bytes: (isPicture ? undefined : showFirstFrame(original)) ?? showPicture(original, frames) }
}

/** A sequence that cannot be read has no frame to show. */
function showFirstFrame(original: Buffer): Buffer | undefined {
  try {
    return showSequence(original)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Hides the frames, because libheif would also read them and reject the file. */
function showPicture(original: Buffer, frames: Buffer | undefined): Buffer {
  const bytes = Buffer.from(original)
  bytes.write(decoderBrand, brandAt, 'latin1')
  if (frames) bytes.write('free', frames.byteOffset - original.byteOffset - 4, 'latin1')
  return bytes
}
