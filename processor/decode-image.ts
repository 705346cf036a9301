import type { FailOnOptions } from 'sharp'
import { askAgain } from './ask-again.ts'
import { sharp } from './decoder.ts'
import { type Box, type Frame, fitInto, toFrame } from './frame.ts'
import { judgeDecodeError } from './judge-decode-error.ts'
import type { Inspected, ProcessorLimits } from './work.ts'

/**
 * Complaints about JPEGs that real cameras and editors write and every viewer shows in full. A JPEG has no checksum:
 * libjpeg's other warnings ("premature end of data segment", "bad Huffman code") are how damage shows.
 */
const harmlessJpegWarnings = /Invalid SOS parameters|extraneous bytes before marker 0xd9/

/**
 * Decodes the original into pixels that fit the box: turned upright, in sRGB, the first page only. Holds no more of
 * the original in memory than the format demands.
 * @throws Rejection when the bytes are damaged or take too long
 */
export async function decodeImage(image: Inspected, box: Box, limits: ProcessorLimits): Promise<Frame> {
  const strictness: FailOnOptions = image.format === 'jpeg' ? 'warning' : 'error'
  try {
    return await askAgain(() => decode(image, box, limits, strictness))
  } catch (error) {
    if (!(error instanceof Error && harmlessJpegWarnings.test(error.message))) throw judgeDecodeError(error)
  }
  try {
    return await askAgain(() => decode(image, box, limits, 'error'))
  } catch (error) {
    throw judgeDecodeError(error)
  }
}

function decode({ original }: Inspected, box: Box, limits: ProcessorLimits, failOn: FailOnOptions) {
  const { maxInputPixels: limitInputPixels, decodeTimeoutSeconds: seconds } = limits
  return sharp(original, { failOn, limitInputPixels, sequentialRead: true })
    .timeout({ seconds })
    .autoOrient()
    .resize(fitInto(box))
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .then(toFrame)
}
