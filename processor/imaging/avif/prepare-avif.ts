import type { Prepared } from '../prepare/prepared.ts'

const brandAt = 8
const decoderBrand = 'avif'

/**
 * Names `avif` as the file's major brand. libvips does not open a file with another one, such as `avis`, the brand of an image sequence;
 * libheif then reads the picture that stands for the sequence. Source: AV1 Image File Format, section 6.
 */
export function prepareAvif(original: Buffer): Prepared {
  if (original.toString('latin1', brandAt, brandAt + 4) === decoderBrand) return { bytes: original }
  const bytes = Buffer.from(original)
  bytes.write(decoderBrand, brandAt, 'latin1')
  return { bytes }
}
