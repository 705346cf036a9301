const simple: Record<string, string> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
}

/** A column type as Glue writes it, in DuckDB's syntax. @param rename maps a field of a struct to its name in the JSON. @throws Error for a type that no column has */
export function hiveType(type: string, rename: (field: string) => string = (field) => field): string {
  const known = simple[type]
  if (known) return known
  const [, kind, inner] = /^(array|struct)<(.*)>$/.exec(type) ?? []
  if (kind === 'array' && inner) return `${hiveType(inner, rename)}[]`
  if (kind === 'struct' && inner) {
    const fields = inner.split(',').map((field) => {
      const [name = '', fieldType = ''] = field.split(':')
      return `"${rename(name)}" ${hiveType(fieldType, rename)}`
    })
    return `STRUCT(${fields.join(', ')})`
  }
  throw new Error(`DuckDB has no type for ${type}.`)
}
