import { createHash } from 'node:crypto'
import { VariantSpec } from './variants.ts'

/** Increase this when the same settings produce other bytes or other facts, so that existing images become outdated. */
const edition = 2

/**
 * Identifies how images are processed: 16 hex digits of the SHA-256 of the variant table and of the settings that affect the
 * record. The order of the entries matters, because the record lists variants in this order; the order of fields does not.
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
