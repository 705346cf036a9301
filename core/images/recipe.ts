import { createHash } from 'node:crypto'
import { neutralFields, VariantSpec } from './variants.ts'

/** Increase this when the same settings produce other bytes or other facts, so that existing images become outdated. */
const edition = 3

/**
 * Identifies how images are processed: 16 hex digits of the SHA-256 of the variant table and of the settings that affect the
 * record. The order of the entries matters, because the record lists variants in this order; the order of fields does not. Optional
 * fields that change nothing are left out, so a new field makes no image outdated.
 */
export function hashRecipe(
  variants: readonly VariantSpec[],
  { keepLocation }: { keepLocation: boolean },
): string {
  const fields = Object.keys(VariantSpec.properties).sort()
  const recipe = { edition, keepLocation, variants: variants.map(omitNeutral) }
  const text = JSON.stringify(recipe, [...Object.keys(recipe), ...fields])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function omitNeutral(spec: VariantSpec): Partial<VariantSpec> {
  const neutral: Partial<VariantSpec> = neutralFields
  const entries = Object.entries(spec) as [keyof VariantSpec, unknown][]
  return Object.fromEntries(entries.filter(([field, value]) => value !== neutral[field]))
}
