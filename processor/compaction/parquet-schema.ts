import type { SchemaElement } from 'hyparquet'
import { type Column, type HiveType, parseHiveType } from './hive-type.ts'

/** Holds the ETag of the manifest that a row was read from. Not a column of the Glue table. */
export const etagColumn = 'manifest_etag'

const primitives = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int: { type: 'INT32' },
  bigint: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
} as const

/** The Parquet schema of the table's columns and `etagColumn`. Every column can be null. Lists have the three levels of Parquet's format. */
export function toParquetSchema(columns: readonly Column[]): SchemaElement[] {
  const stored = [...columns, { Name: etagColumn, Type: 'string' }]
  return [
    { name: 'manifests', num_children: stored.length },
    ...stored.flatMap(({ Name, Type }) => describeField(Name, parseHiveType(Type))),
  ]
}

function describeField(name: string, type: HiveType): SchemaElement[] {
  const repetition_type = 'OPTIONAL'
  if (type.kind === 'struct') {
    const fields = type.fields.flatMap((field) => describeField(field.name, field.type))
    return [{ name, repetition_type, num_children: type.fields.length }, ...fields]
  }
  if (type.kind === 'array') {
    return [
      { name, repetition_type, num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...describeField('element', type.element),
    ]
  }
  return [{ name, repetition_type, ...primitives[type.kind] }]
}
