import { createHash } from 'node:crypto'
import { VariantSpec } from './variants.ts'

/** To be raised when the same settings come to give other bytes or other facts: what was made before is out of date then. */
const edition = 1

/**
 * Names how an image is made into what its record says: 16 hex digits of the SHA-256 of the table and of what decides
 * on the record's facts. The order of an entry's fields makes no difference, that of the entries does: it is the record's.
 */
export function hashRecipe(
  variants: readonly VariantSpec[],
  { keepLocation }: { keepLocation: boolean },
): string {
  const fields = Object.keys(VariantSpec.properties).sort()
  const recipe = { edition, keepLocation, variants }
  const text = JSON.stringify(recipe, [...Object.keys(recipe), ...fields])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
