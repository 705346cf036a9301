import type { AcceptedFormat } from '../../../core/images/formats.ts'
import type { ImageHeader } from '../read-header.ts'
import { type HeifColour, readHeifColour } from './read-heif-colour.ts'
import { readPngColour } from './read-png-colour.ts'

/** An original whose header has been read. */
interface ColouredImage extends ImageHeader {
  original: Buffer
  format: AcceptedFormat
}

/**
 * The colour conversion that an image needs beyond the decoder's, if any. The decoder reads every image as sRGB, or
 * by its ICC profile if it has 8 bits per channel; it takes 16-bit colours to Display P3 and ignores the profile of 16-bit grey.
 */
export function readColour(image: ColouredImage): HeifColour | undefined {
  const colour = readSignals(image)
  const isDeepWithProfile = image.hasProfile && ['rgb16', 'grey16'].includes(image.space ?? '')
  return isDeepWithProfile || Object.keys(colour).length > 0 ? colour : undefined
}

function readSignals({ format, original, hasProfile }: ColouredImage): HeifColour {
  if (format === 'png') {
    const encoding = readPngColour(original, hasProfile)
    return encoding ? { encoding } : {}
  }
  if (format !== 'avif') return {}
  const { encoding, ...faults } = readHeifColour(original)
  return { ...faults, ...(encoding && !hasProfile && { encoding }) }
}
