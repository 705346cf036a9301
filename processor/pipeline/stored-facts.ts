import type { StoredFacts } from '../../core/catalog/image-result.ts'
import { acceptedFormats } from '../../core/images/formats.ts'
import type { Fetched } from './stages.ts'

const acceptedTypes = Object.values(acceptedFormats)

/**
 * The facts of the original in the final record: the length and type of the stored object, because the record itself can have been
 * declared anew since the upload. A type that no upload URL permits is left out.
 */
export function storedFacts({
  original,
  contentType,
  storedBytes = original.length,
}: Pick<Fetched, 'original' | 'contentType' | 'storedBytes'>): Partial<StoredFacts> {
  const accepted = acceptedTypes.find((type) => type === mediaTypeOf(contentType))
  return { byteLength: storedBytes, ...(accepted && { contentType: accepted }) }
}

/** `Image/PNG; charset=binary` as `image/png` */
export function mediaTypeOf(contentType: string): string {
  return contentType.replace(/;.*/s, '').trim().toLowerCase()
}
