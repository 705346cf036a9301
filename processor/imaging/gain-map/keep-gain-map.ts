import { Rejection } from '../../../core/errors.ts'
import type { VariantSpec } from '../../../core/images/variants.ts'
import { classifyDecodeError, refuseForeignTimeout, retryIfSilent } from '../decode-errors.ts'
import type { DecodableImage } from '../decode-image.ts'
import { sharp } from '../decoder.ts'
import type { RenderedVariant } from '../encode-variant.ts'
import { estimateDecodeBytes } from '../estimate-decode-bytes.ts'
import type { Size } from '../frame.ts'
import type { ImagingLimits } from '../limits.ts'
import type { GainMap } from './gain-map.ts'
import { writeUltraHdr } from './write-ultra-hdr.ts'

interface Kept {
  variant: RenderedVariant
  /** Why the variant has no gain map although the original has one; for the log. */
  omitted?: string
}

/**
 * Adds the original's gain map to a variant that shows the whole picture: shrunk in the same proportion, upright, with the same parameters.
 * A map that turns out to be damaged is left out.
 * @throws errors of the machine, for which a retry can help
 */
export async function keepGainMap(
  variant: RenderedVariant,
  { color = 'srgb', quality }: VariantSpec,
  image: DecodableImage,
  limits: ImagingLimits,
): Promise<Kept> {
  const { gainMap } = image
  if (!gainMap) return { variant }
  if (!gainMap.colors.includes(color)) return { variant, omitted: 'other_colors' }
  try {
    const map = await retryIfSilent(() =>
      shrinkGainMap(gainMap, sizeFor(gainMap, variant, image), quality, limits),
    )
    return { variant: { ...variant, bytes: writeUltraHdr(variant.bytes, map, gainMap.metadata) } }
  } catch (error) {
    const classified = classifyDecodeError(error)
    if (classified instanceof Rejection) return { variant, omitted: classified.reason }
    throw classified
  }
}

/** In the same proportion to the variant as the map of the original to its picture. */
function sizeFor({ header }: GainMap, variant: Size, image: Size): Size {
  const scale = (side: number, shown: number, whole: number) =>
    Math.max(1, Math.round((side * shown) / whole))
  return {
    width: scale(header.width, variant.width, image.width),
    height: scale(header.height, variant.height, image.height),
  }
}

/** Returns a JPEG without metadata. */
function shrinkGainMap(
  { bytes, header }: GainMap,
  size: Size,
  quality: number,
  { withMemory, maxInputPixels, decodeTimeoutSeconds: seconds }: ImagingLimits,
): Promise<Buffer> {
  const { width, height, channels, orientation = 1 } = header
  const turnedBytes = orientation > 1 ? width * height * channels : 0
  const options = { failOn: 'warning', limitInputPixels: maxInputPixels, sequentialRead: true } as const
  return withMemory(estimateDecodeBytes('jpeg', header) + turnedBytes, () =>
    refuseForeignTimeout(seconds, () =>
      sharp(bytes, options)
        .timeout({ seconds })
        .autoOrient()
        .resize({ ...size, fit: 'fill' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .jpeg({ quality, chromaSubsampling: '4:4:4' })
        .toBuffer(),
    ),
  )
}
