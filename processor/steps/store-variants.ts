import { variantKey } from '../../core/object-key.ts'
import type { ProcessorDeps, Work } from '../work.ts'

/** Writes the variants. Keys and bytes follow from the image alone, so a repetition changes nothing. */
export async function storeVariants(
  { record, owner, rendered, format, width, height, placeholder, dominantColor }: Work<'rendered'>,
  { processedBucket }: ProcessorDeps,
): Promise<Work<'judged'>> {
  const variants = await Promise.all(
    rendered.map(async ({ bytes, extension, ...variant }) => {
      const key = variantKey(record, variant.name, extension)
      await processedBucket.write(key, bytes, variant.contentType)
      return { ...variant, key, byteLength: bytes.length }
    }),
  )
  const image = { format, width, height, placeholder, dominantColor, variants }
  return { stage: 'judged', record, owner, result: { status: 'ready', image } }
}
