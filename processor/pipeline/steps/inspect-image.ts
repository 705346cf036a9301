import { Rejection } from '../../../core/errors.ts'
import { type AcceptedFormat, acceptedFormats, formatOf } from '../../../core/images/formats.ts'
import { checkHeader, checkPages } from '../../imaging/check-header.ts'
import { countPages } from '../../imaging/count-pages.ts'
import { inspectGainMap } from '../../imaging/gain-map/inspect-gain-map.ts'
import { readHeicHeader } from '../../imaging/heic/read-heic-header.ts'
import { identifyFormat } from '../../imaging/identify-format.ts'
import { prepareForDecoder } from '../../imaging/prepare/prepare-for-decoder.ts'
import { readHeader } from '../../imaging/read-header.ts'
import type { ProcessorDeps, Work } from '../stages.ts'
import { mediaTypeOf } from '../stored-facts.ts'

/** Detects the real format and rejects what would cost too much memory or time later. Decodes no pixel. */
export async function inspectImage(
  work: Work<'fetched'>,
  { heic, limits, variants }: ProcessorDeps,
): Promise<Work<'inspected'>> {
  const { original } = work
  const identified = identifyFormat(original, { heic })
  if ('refused' in identified) throw new Rejection('format_unsupported', identified.refused)

  const { format } = identified
  const contentType = acceptedFormats[format]
  checkDeclaration(format, work)

  checkPages(countPages(format, original, limits.maxPages), limits)
  const { bytes, ...prepared } = prepareForDecoder(format, original, limits)
  const header = format === 'heic' ? await readHeicHeader(bytes, limits) : await readHeader(bytes, prepared)
  checkHeader(format, header, { limits, variants })
  const hasHdr = format === 'jpeg' && variants.some((spec) => spec.gainMap)
  return {
    ...work,
    stage: 'inspected',
    contentType,
    format,
    page: prepared.page,
    ...header,
    ...(hasHdr && (await inspectGainMap(original, header, limits))),
    original: bytes,
    storedBytes: original.length,
  }
}

/** The declaration can have been corrected since the upload, so that of the record is accepted as well as that of the object. */
function checkDeclaration(format: AcceptedFormat, { contentType, record }: Work<'fetched'>): void {
  const declared = mediaTypeOf(contentType)
  if ([declared, record.contentType].some((type) => formatOf(type) === format)) return
  const actual = acceptedFormats[format]
  throw new Rejection(
    'format_mismatch',
    `The file is ${actual}, but the upload was declared as ${declared}. Upload it again as ${actual}.`,
  )
}
