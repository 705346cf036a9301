import { readFileSync } from 'node:fs'
import { Type } from 'typebox'
import type { TLocalizedValidationError } from 'typebox/error'
import { Value } from 'typebox/value'
import { ConfigError } from '../config/read-config.ts'
import { maxAvifPixels, maxVariants, VariantSpec, variants } from './variants.ts'

const table = Type.Array(VariantSpec, { minItems: 1, maxItems: maxVariants })

/**
 * The table of variants that the setting `VARIANTS` stands for: the JSON itself, or the path of a file with it. What an
 * entry does not say has its default; empty, all is as in `variants.ts`.
 * @throws ConfigError that names every fault, such as `VARIANTS[2].quality must be <= 100.`
 */
export function readVariants(setting = ''): readonly VariantSpec[] {
  if (setting.trim() === '') return variants
  const entries = Value.Default(
    table,
    parseJson(setting.trimStart().startsWith('[') ? setting : readFile(setting)),
  )
  const faults = [...Value.Errors(table, entries).flatMap(describeFault), ...findContradictions(entries)]
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return entries as VariantSpec[]
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(`VARIANTS is neither a JSON array nor a file that can be read (${code}).`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ConfigError(`VARIANTS is not JSON: ${(error as Error).message}.`)
  }
}

function describeFault({ keyword, instancePath, message, params }: TLocalizedValidationError): string[] {
  const where = placeOf(instancePath)
  // Said by `additionalProperties` as well.
  if (keyword === 'boolean') return []
  if (keyword === 'required') return params.requiredProperties.map((name) => `${where}.${name} is not set.`)
  if (keyword === 'additionalProperties') {
    return params.additionalProperties.map((name) => `${where}.${name} is no field of a variant.`)
  }
  if (keyword === 'enum') return [`${where} must be one of ${params.allowedValues.join(', ')}.`]
  return [`${where} ${message}.`]
}

/** `/2/quality` as `VARIANTS[2].quality` */
function placeOf(instancePath: string): string {
  const [, index, field] = instancePath.split('/')
  return ['VARIANTS', index && `[${index}]`, field && `.${field}`].filter(Boolean).join('')
}

/** What no field is at fault for alone. The entries may be at fault otherwise, too. */
function findContradictions(entries: unknown): string[] {
  if (!Array.isArray(entries)) return []
  const specs = entries.map((entry): Partial<VariantSpec> => Object(entry))
  const names = specs.map(({ name }) => name)
  return specs.flatMap(({ name, width = 0, height = 0, format, background, animated }, index) => {
    const faults: string[] = []
    const where = `VARIANTS[${index}]`
    if (name !== undefined && names.indexOf(name) < index) faults.push(`${where}.name is there twice.`)
    if (format === 'jpeg' && background === undefined)
      faults.push(`${where}.background is not set: a JPEG has no transparency.`)
    if (animated && format !== 'webp' && format !== 'same')
      faults.push(`${where}.animated needs the format webp or same.`)
    if ((format === 'avif' || format === 'same') && width * height > maxAvifPixels)
      faults.push(`${where} is too large for an AVIF: width × height must be <= ${maxAvifPixels}.`)
    return faults
  })
}
