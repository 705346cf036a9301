/** A column of the Glue table, as Glue describes it. */
export interface Column {
  Name: string
  /** A type of Hive, such as `bigint` or `array<struct<name:string,width:int>>`. */
  Type: string
}

export type HiveType =
  | { kind: 'string' | 'int' | 'bigint' | 'double' | 'boolean' }
  | { kind: 'array'; element: HiveType }
  | { kind: 'struct'; fields: HiveField[] }

export interface HiveField {
  name: string
  type: HiveType
}

const simple = ['string', 'int', 'bigint', 'double', 'boolean'] as const

/** @throws Error for a type that no column of the table has */
export function parseHiveType(text: string): HiveType {
  const kind = simple.find((name) => name === text)
  if (kind) return { kind }
  const [, outer, inner = ''] = /^(array|struct)<(.*)>$/.exec(text) ?? []
  if (outer === 'array') return { kind: 'array', element: parseHiveType(inner) }
  if (outer === 'struct') return { kind: 'struct', fields: splitFields(inner).map(parseField) }
  throw new Error(`The manifests' table has a column of the type ${text}, which compaction cannot write.`)
}

function parseField(text: string): HiveField {
  const colon = text.indexOf(':')
  return { name: text.slice(0, colon), type: parseHiveType(text.slice(colon + 1)) }
}

/** Splits at the commas that are not inside angle brackets. */
function splitFields(text: string): string[] {
  const fields = ['']
  let depth = 0
  for (const character of text) {
    if (character === '<') depth++
    if (character === '>') depth--
    if (character === ',' && depth === 0) fields.push('')
    else fields[fields.length - 1] += character
  }
  return fields
}
