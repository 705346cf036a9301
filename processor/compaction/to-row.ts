import { type Column, type HiveType, parseHiveType } from './hive-type.ts'

/** The values of one image by column. An integer of the type `bigint` is a BigInt, as Parquet's libraries have it. */
export type Row = Record<string, unknown>

/**
 * Creates a function that converts a manifest into a row. Names are compared without case, because Glue's are lower-case. A value of
 * another type becomes null.
 */
export function createToRow(columns: readonly Column[]): (manifest: object) => Row {
  const types = columns.map(({ Name, Type }) => ({ name: Name, type: parseHiveType(Type) }))
  return (manifest) => readFields(manifest, types)
}

function readFields(value: object, fields: readonly { name: string; type: HiveType }[]): Row {
  const values = new Map(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]))
  return Object.fromEntries(fields.map(({ name, type }) => [name, readValue(values.get(name), type)]))
}

function readValue(value: unknown, type: HiveType): unknown {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'double':
      return typeof value === 'number' ? value : null
    case 'int':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? value : null
    case 'bigint':
      return Number.isSafeInteger(value) ? BigInt(value as number) : null
    case 'array':
      return Array.isArray(value) ? value.map((element) => readValue(element, type.element)) : null
    case 'struct':
      return isObject(value) ? readFields(value, type.fields) : null
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
