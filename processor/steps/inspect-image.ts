import { Rejection } from '../../core/errors.ts'
import { acceptedFormats } from '../../core/variants.ts'
import { identifyFormat } from '../identify-format.ts'
import { readHeader } from '../read-header.ts'
import type { ProcessorDeps, Work } from '../work.ts'

/** Finds out what the bytes really are, and refuses here what would cost memory or time later. Decodes no pixel. */
export async function inspectImage(
  work: Work<'fetched'>,
  { limits }: ProcessorDeps,
): Promise<Work<'inspected'>> {
  const { original, contentType } = work
  const identified = identifyFormat(original)
  if ('refused' in identified) throw new Rejection('format_unsupported', identified.refused)

  const { format } = identified
  const declared = contentType.split(';')[0]?.trim().toLowerCase()
  if (declared !== acceptedFormats[format]) {
    throw new Rejection(
      'format_mismatch',
      `The bytes are ${acceptedFormats[format]}, but the upload was declared as ${declared}.`,
    )
  }

  const header = await readHeader(original)
  const { width, height, pages } = header
  if (width * height * pages > limits.maxInputPixels) {
    const size = `${width}×${height} pixels${pages > 1 ? ` in ${pages} pages` : ''}`
    throw new Rejection(
      'too_many_pixels',
      `The image has ${size}; this system accepts ${limits.maxInputPixels} in all.`,
    )
  }
  return { ...work, stage: 'inspected', format, ...header }
}
