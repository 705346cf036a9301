import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import type { TLocalizedValidationError } from 'typebox/error'
import { Value } from 'typebox/value'
import { describeRequirement, type Requirement } from '../config/describe-requirement.ts'
import { ConfigError } from '../config/read-config.ts'
import { parseJson } from '../parse-json.ts'
import { maxAvifPixels, maxVariants, type VariantSpec, variants } from './variants.ts'
import { expandWidths, findBoundConflicts, namesOf, VariantEntry } from './width-sets.ts'

const table = Type.Array(VariantEntry, {
  minItems: 1,
  maxItems: maxVariants,
  mustBe: `a JSON array of 1 to ${maxVariants} variants`,
})

/**
 * Reads the variant table from the setting `VARIANTS`, which is JSON or the path of a JSON file. Missing fields get their defaults; an
 * empty setting gives the default table of `variants.ts`. A set of widths becomes one variant per width.
 * @throws ConfigError that lists every error, such as `VARIANTS[2].quality must be an integer from 1 to 100.`
 */
export function readVariants(setting = ''): readonly VariantSpec[] {
  if (setting.trim() === '') return variants
  const entries = Value.Default(
    table,
    parseSetting(setting.trimStart().startsWith('[') ? setting : readFile(setting)),
  )
  const errors = [...Value.Errors(table, entries).flatMap(describeError), ...findConflicts(entries)]
  if (errors.length > 0) throw new ConfigError([...new Set(errors)].join('\n'))
  const specs = (entries as VariantEntry[]).flatMap(expandWidths)
  if (specs.length > maxVariants) {
    throw new ConfigError(
      `VARIANTS has ${specs.length} variants, with those of its widths; the maximum is ${maxVariants}.`,
    )
  }
  return specs
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(`VARIANTS is neither a JSON array nor a readable file (${code}).`)
  }
}

function parseSetting(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw new ConfigError(`VARIANTS is not JSON: ${(error as Error).message}.`)
  }
}

function describeError({ keyword, instancePath, params }: TLocalizedValidationError): string[] {
  const path = settingPath(instancePath)
  // TypeBox reports the same field with `additionalProperties`.
  if (keyword === 'boolean') return []
  if (keyword === 'required') return params.requiredProperties.map((name) => `${path}.${name} is not set.`)
  if (keyword === 'additionalProperties') {
    return params.additionalProperties.map((name) => `${path}.${name} is not a field of a variant.`)
  }
  return [`${path} ${describeRequirement(requirementAt(instancePath))}.`]
}

function requirementAt(instancePath: string): Requirement {
  const [, index, field] = instancePath.split('/')
  if (field) return VariantEntry.properties[field as keyof VariantEntry]
  return index ? { mustBe: 'a JSON object' } : table
}

/** `/2/quality` as `VARIANTS[2].quality` */
function settingPath(instancePath: string): string {
  const [, index, field] = instancePath.split('/')
  return ['VARIANTS', index && `[${index}]`, field && `.${field}`].filter(Boolean).join('')
}

/** Finds fields that conflict with each other. The entries may also be invalid otherwise. */
function findConflicts(entries: unknown): string[] {
  if (!Array.isArray(entries)) return []
  const specs = entries.map((entry): Partial<VariantEntry> => Object(entry))
  const names = specs.map(namesOf)
  return specs.flatMap(
    (
      { width = 0, height = 0, fit, format, background, animated, position = 'center', color, gainMap },
      index,
    ) => {
      const path = `VARIANTS[${index}]`
      const errors = typeof entries[index] === 'object' ? findBoundConflicts(specs[index] ?? {}, path) : []
      const earlier = new Set(names.slice(0, index).flat())
      if (names[index]?.some((name) => earlier.has(name))) errors.push(`${path}.name is used twice.`)
      if (format === 'jpeg' && background === undefined)
        errors.push(`${path}.background is not set: a JPEG has no transparency.`)
      if (animated && format !== 'webp' && format !== 'same')
        errors.push(
          `${path}.animated requires the format webp or same: AVIF, JPEG and PNG variants are still images.`,
        )
      if (position !== 'center' && (fit !== 'cover' || animated))
        errors.push(`${path}.position requires the fit cover, and animated must be false.`)
      if (color === 'p3' && (animated || format === 'same'))
        errors.push(
          `${path}.color p3 requires the format webp, avif, jpeg or png, and animated must be false.`,
        )
      if (gainMap && (format !== 'jpeg' || fit === 'cover'))
        errors.push(`${path}.gainMap requires the format jpeg and the fit inside.`)
      if ((format === 'avif' || format === 'same') && width * height > maxAvifPixels)
        errors.push(`${path} is too large for an AVIF: width × height must be <= ${maxAvifPixels}.`)
      return errors
    },
  )
}
