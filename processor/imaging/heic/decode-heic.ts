import { withSpan } from '../../../core/telemetry/with-span.ts'
import { convertColours } from '../colour/convert-colours.ts'
import type { StoredPixels } from '../colour/wrap-pixels.ts'
import { sharp } from '../decoder.ts'
import { estimateDecodeBytes } from '../estimate-decode-bytes.ts'
import { type Box, type Frame, shrinkInto } from '../frame.ts'
import type { ImagingLimits } from '../limits.ts'
import type { ImageHeader } from '../read-header.ts'
import type { HeicPixels } from './read-heic.ts'
import { runHeicTask } from './run-heic-task.ts'

type HeicImage = ImageHeader & { original: Buffer }

/**
 * Decodes the primary image of a HEIC file to fit the box, upright and in the box's colours.
 * @throws Rejection when the bytes are damaged, or take too long or too much memory; the signal's reason
 */
export function decodeHeic(image: HeicImage, box: Box, limits: ImagingLimits): Promise<Frame> {
  const work = () => withSpan('decode', {}, () => decode(image, box, limits))
  return limits.withMemory(estimateDecodeBytes('heic', image), work, limits.signal)
}

async function decode({ original, icc }: HeicImage, box: Box, limits: ImagingLimits): Promise<Frame> {
  const { pixels } = await runHeicTask('pixels', original, limits.maxDecodeBytes, limits)
  const { decodeTimeoutSeconds: seconds } = limits
  return convertColours(await shrink(pixels, box), { profile: icc, seconds, color: box.color })
}

/** Shrinks pixels in their own encoding and depth; in linear light only those of 8 bits, because deeper ones can have an HDR curve. */
async function shrink(
  { data: pixels, width, height, channels }: HeicPixels,
  box: Box,
): Promise<StoredPixels> {
  const bits = pixels.BYTES_PER_ELEMENT === 2 ? 16 : 8
  const picture = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false })
  const { data, info } = await shrinkInto(picture, { ...box, linear: box.linear && bits === 8 })
    .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
    .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels, bits }
}
