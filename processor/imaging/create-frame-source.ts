import type { DecodableImage } from './decode-image.ts'
import { decodeImage } from './decode-image.ts'
import { type Box, type Frame, resizeFrame, scaleInto, shrinkBox } from './frame.ts'
import type { ImagingLimits } from './limits.ts'

/**
 * Derives the frames of one image as a cascade: each from the smallest uncropped frame so far that is large enough, otherwise from
 * the original. If the largest box is requested first, the original is decoded once. It is decoded again only for a crop of a very
 * long image that needs more height than the largest variant has. A box in linear light, or in other colours, is derived only from
 * frames that are also in linear light, or in these colours.
 */
export function createFrameSource(image: DecodableImage, limits: ImagingLimits) {
  const wholeFrames: { frame: Frame; scale: number; linear: boolean; color: Box['color'] }[] = []

  return async function frameFor(wanted: Box): Promise<Frame> {
    const box = shrinkBox(wanted, image)
    const scale = scaleInto(box, image)
    const { linear = false, color = 'srgb' } = box
    const source = wholeFrames.findLast(
      (made) => made.scale >= scale && made.color === color && (made.linear || !linear),
    )
    const frame = source ? await resizeFrame(source.frame, box) : await decodeImage(image, box, limits)
    if (box.fit === 'inside') wholeFrames.push({ frame, scale, linear, color })
    return frame
  }
}
