import { type Static, Type } from 'typebox'
import { maxAvifPixels, maxSidePixels, VariantSpec } from './variants.ts'

const { width, height } = VariantSpec.properties

/** One entry of the setting `VARIANTS`: a variant, or with `widths` a set of variants. */
export const VariantEntry = Type.Object(
  { ...VariantSpec.properties, width: Type.Optional(width), height: Type.Optional(height) },
  { additionalProperties: false },
)

export type VariantEntry = Static<typeof VariantEntry>

/** The names of the variants that an entry, which may be invalid, stands for: `hero-320`, `hero-640`, … for a set with the name `hero`. */
export function namesOf({ name, widths }: Partial<VariantEntry>): string[] {
  if (name === undefined) return []
  return Array.isArray(widths) ? widths.map((width) => `${name}-${width}`) : [name]
}

/** The variants that an entry without conflicts stands for. The height of those of a set follows from the image. */
export function expandWidths(entry: VariantEntry): VariantSpec[] {
  const widths = entry.widths?.toSorted((a, b) => a - b)
  if (!widths) return [entry as VariantSpec]
  const isAvif = entry.format === 'avif' || entry.format === 'same'
  const height = isAvif ? Math.floor(maxAvifPixels / Math.max(...widths)) : maxSidePixels
  const bounds = { height: Math.min(height, maxSidePixels), widths }
  return widths.map((width) => ({ ...entry, ...bounds, width, name: `${entry.name}-${width}` }))
}

/** Finds conflicts between the bounds of an entry, which may also be invalid otherwise. @param path such as `VARIANTS[2]` */
export function findBoundConflicts(entry: Partial<VariantEntry>, path: string): string[] {
  const { widths, fit } = entry
  const bounds = ['width', 'height'] as const
  if (!widths) {
    return bounds.filter((side) => entry[side] === undefined).map((side) => `${path}.${side} is not set.`)
  }
  const errors = bounds
    .filter((side) => entry[side] !== undefined)
    .map((side) => `${path}.${side} cannot be combined with widths: the height follows from the image.`)
  if (fit === 'cover') errors.push(`${path}.widths requires the fit inside.`)
  const tooLong = namesOf(entry).find((variant) => variant.length > maxNameLength)
  if (tooLong) errors.push(`${path}.name is too long: ${tooLong} has more than ${maxNameLength} characters.`)
  return errors
}

const maxNameLength = 32
