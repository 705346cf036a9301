import type { AcceptedFormat } from '../../../core/images/formats.ts'
import { prepareAvif } from '../avif/prepare-avif.ts'
import { prepareGif } from '../gif/prepare-gif.ts'
import { prepareJpeg } from '../jpeg/prepare-jpeg.ts'
import { preparePng } from '../png/prepare-png.ts'
import { prepareTiff } from '../tiff/prepare-tiff.ts'
import type { Prepared } from './prepared.ts'

type Prepare = (original: Buffer, limits: { maxPages: number }) => Prepared

const prepareBy: Partial<Record<AcceptedFormat, Prepare>> = {
  avif: prepareAvif,
  gif: prepareGif,
  jpeg: prepareJpeg,
  png: preparePng,
  tiff: prepareTiff,
}

/**
 * Rewrites the container of files that libvips would show differently from browsers, or not at all, and reads the EXIF that it misses. Compressed
 * pixels stay as they are. Most files are returned unchanged.
 * @throws Rejection for files that the decoder cannot read or that would cost it too much
 */
export function prepareForDecoder(
  format: AcceptedFormat,
  original: Buffer,
  limits: { maxPages: number },
): Prepared {
  return prepareBy[format]?.(original, limits) ?? { bytes: original }
}
