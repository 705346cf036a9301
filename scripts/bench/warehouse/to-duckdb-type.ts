import type { HiveType } from '../../../processor/compaction/hive-type.ts'

const simple = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
}

/** A column type in DuckDB's syntax. @param rename maps a field of a struct to its name in the JSON */
export function toDuckDbType(type: HiveType, rename: (field: string) => string): string {
  if (type.kind === 'array') return `${toDuckDbType(type.element, rename)}[]`
  if (type.kind !== 'struct') return simple[type.kind]
  const fields = type.fields.map((field) => `"${rename(field.name)}" ${toDuckDbType(field.type, rename)}`)
  return `STRUCT(${fields.join(', ')})`
}
