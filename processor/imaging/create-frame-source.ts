import type { DecodableImage } from './decode-image.ts'
import { decodeImage } from './decode-image.ts'
import { type Box, type Frame, resizeFrame, scaleInto, shrinkBox } from './frame.ts'
import type { ImagingLimits } from './limits.ts'

/**
 * Makes frames of one image as a cascade: each from the smallest whole frame made so far that has pixels enough for
 * it, else from the original. Asked for the largest box first, it decodes once; only where a crop of a very long image
 * needs more height than the longest variant has does it decode again.
 */
export function createFrameSource(image: DecodableImage, limits: ImagingLimits) {
  const wholeFrames: { frame: Frame; scale: number }[] = []

  return async function frameFor(wanted: Box): Promise<Frame> {
    const box = shrinkBox(wanted, image)
    const scale = scaleInto(box, image)
    const source = wholeFrames.findLast((made) => made.scale >= scale)
    const frame = source ? await resizeFrame(source.frame, box) : await decodeImage(image, box, limits)
    if (box.fit === 'inside') wholeFrames.push({ frame, scale })
    return frame
  }
}
