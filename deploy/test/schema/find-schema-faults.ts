import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec'
import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types'
import type { ModelResource } from '../../model/model-deployment.ts'

type Properties = Record<string, Pick<Property, 'type' | 'required'>>

/**
 * Lists violations of AWS's resource specification: unknown types and properties, missing required properties, and values of a wrong type
 * or outside an enumeration.
 */
export async function findSchemaFaults(resources: Record<string, ModelResource>): Promise<string[]> {
  const spec = await loadAwsServiceSpec()
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    const [known] = spec.lookup('resource', 'cloudFormationType', 'equals', Type)
    return known ? faultsOfObject(id, Properties, known.properties, spec) : [`${id}: unknown type ${Type}`]
  })
}

function faultsOfObject(path: string, given: unknown, known: Properties, spec: SpecDatabase): string[] {
  if (!isObject(given)) return [`${path}: ${JSON.stringify(given)} is not an object`]
  const missing = Object.entries(known).filter(([name, { required }]) => required && !(name in given))
  return [
    ...missing.map(([name]) => `${path}: ${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = known[name]
      if (!property) return [`${path}: unknown property ${name}`]
      return faultsOf(`${path}.${name}`, value, property.type, spec)
    }),
  ]
}

function faultsOf(path: string, value: unknown, type: PropertyType, spec: SpecDatabase): string[] {
  switch (type.type) {
    case 'ref':
      return faultsOfObject(path, value, spec.get('typeDefinition', type.reference).properties, spec)
    case 'array':
      if (!Array.isArray(value)) return [`${path}: ${JSON.stringify(value)} is no list`]
      return value.flatMap((item, index) => faultsOf(`${path}[${index}]`, item, type.element, spec))
    case 'map':
      if (!isObject(value)) return [`${path}: ${JSON.stringify(value)} is not an object`]
      return Object.entries(value).flatMap(([key, item]) =>
        faultsOf(`${path}.${key}`, item, type.element, spec),
      )
    case 'union': {
      // Valid if it matches one alternative; otherwise report the faults of the closest one.
      const each = type.types.map((one) => faultsOf(path, value, one, spec))
      return each.toSorted((a, b) => a.length - b.length)[0] ?? []
    }
    case 'tag':
      return isObject(value) && 'Key' in value && 'Value' in value ? [] : [`${path}: not a tag`]
    case 'json':
      return isObject(value) || typeof value === 'string' ? [] : [`${path}: not a document`]
    default: {
      const fits = isPlain(value) && plain[type.type](String(value))
      if (!fits) return [`${path}: ${JSON.stringify(value)} is not of type ${type.type}`]
      const allowed = 'allowedValues' in type ? (type.allowedValues?.map(String) ?? []) : []
      const isAllowed = allowed.length === 0 || allowed.includes(String(value))
      return isAllowed ? [] : [`${path}: ${value} is not one of ${allowed.join(', ')}`]
    }
  }
}

/** CloudFormation also accepts `"7"` as a number and `"true"` as a boolean. */
const plain = {
  string: () => true,
  number: (text: string) => text !== '' && Number.isFinite(Number(text)),
  integer: (text: string) => /^-?\d+$/.test(text),
  boolean: (text: string) => text === 'true' || text === 'false',
  'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
  null: () => false,
}

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
