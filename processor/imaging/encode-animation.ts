import type { VariantSpec } from '../../core/images/variants.ts'
import { classifyDecodeError, refuseForeignTimeout } from './decode-errors.ts'
import type { DecodableImage } from './decode-image.ts'
import { sharp } from './decoder.ts'
import type { RenderedVariant } from './encode-variant.ts'
import { encodeVariant, outputFormatOf } from './encode-variant.ts'
import { estimateAnimationBytes } from './estimate-decode-bytes.ts'
import { shrinkBox, shrinkInto } from './frame.ts'
import type { ImagingLimits } from './limits.ts'

const animatedFormats = ['gif', 'webp']

type AnimatedHeader = Pick<DecodableImage, 'format' | 'pages' | 'orientation'>

/**
 * Whether the variant stays animated. An image that must be rotated does not, because libvips rotates all frames as one image.
 */
export function staysAnimated(spec: VariantSpec, image: AnimatedHeader): boolean {
  const { format, pages, orientation = 1 } = image
  const formats = [format, outputFormatOf(spec, format)]
  return (
    spec.animated && pages > 1 && orientation === 1 && formats.every((one) => animatedFormats.includes(one))
  )
}

/**
 * Resizes an animation and keeps its delays and repetitions. It always starts from the original.
 * @throws Rejection when the bytes are damaged or take too long
 */
export function encodeAnimation(
  image: DecodableImage,
  spec: VariantSpec,
  limits: ImagingLimits,
): Promise<RenderedVariant> {
  return limits.withMemory(estimateAnimationBytes(image.format, image, spec), () =>
    shrinkAnimation(image, spec, limits),
  )
}

async function shrinkAnimation(
  image: DecodableImage,
  spec: VariantSpec,
  { maxAnimatedPixels: limitInputPixels, decodeTimeoutSeconds: seconds }: ImagingLimits,
): Promise<RenderedVariant> {
  const original = sharp(image.original, {
    page: image.page,
    pages: -1,
    failOn: 'error',
    limitInputPixels,
    sequentialRead: true,
  }).timeout({ seconds })
  const frames = shrinkInto(original, shrinkBox(spec, image)).toColourspace('srgb')
  try {
    const delay = delayOf(image)
    return await refuseForeignTimeout(seconds, () => encodeVariant(frames, { ...spec, delay }, image.format))
  } catch (error) {
    throw classifyDecodeError(error)
  }
}

/** libvips counts the delays from page 0, even when it starts with a later one. sharp accepts at most 65,535 ms. */
function delayOf({ page, delay }: DecodableImage): number[] | undefined {
  return page === undefined ? undefined : delay?.map((milliseconds) => Math.min(milliseconds, 65_535))
}
