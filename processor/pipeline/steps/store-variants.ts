import { variantKey } from '../../../core/images/object-key.ts'
import { readPhotoFacts } from '../../imaging/read-photo-facts.ts'
import type { ProcessorDeps, Work } from '../stages.ts'
import { storeObject } from '../store-object.ts'
import { storedFacts } from '../stored-facts.ts'

/**
 * Writes the variants. Keys and bytes depend only on the image and the recipe, so repeating it changes nothing, and a worker that lost
 * its lease cannot change what another one stored.
 */
export async function storeVariants(work: Work<'rendered'>, deps: ProcessorDeps): Promise<Work<'decided'>> {
  const { recipe, keepLocation } = deps
  const { record, owner, storedAtMs, rendered, gainMapOmitted } = work
  const variants = await Promise.all(
    rendered.map(async ({ bytes, extension, ...variant }) => {
      const key = variantKey(record, recipe, variant.name, extension)
      await storeObject({ key, bytes, contentType: variant.contentType }, work, deps)
      return { ...variant, key, byteLength: bytes.length }
    }),
  )
  const { format, width, height, space, hasAlpha, pages, placeholder, dominantColor } = work
  const facts = { format, width, height, colorSpace: space, hasAlpha, pages }
  const image = {
    ...facts,
    ...readPhotoFacts(work.exif, { keepLocation }),
    placeholder,
    dominantColor,
    variants,
  }
  const result = { status: 'ready', image, recipe, ...storedFacts(work) } as const
  return { stage: 'decided', record, owner, storedAtMs, gainMapOmitted, result }
}
