import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export type Item = Record<string, AttributeValue>

/**
 * The type, in DuckDB's words, that holds all of these items as Redshift's SUPER does: text stays text, and what an item lacks
 * is null.
 */
export function itemType(items: Item[]): string {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))].sort()
  const fields = names.map((name) => {
    const values = items.map((item) => item[name]).filter((value) => value !== undefined)
    return `"${name}" ${attributeType(values)}`
  })
  return `STRUCT(${fields.join(', ')})`
}

function attributeType(values: AttributeValue[]): string {
  const maps = values.map(({ M }) => M).filter((map) => map !== undefined)
  if (maps.length > 0) return `STRUCT("M" ${itemType(maps)})`
  const [kind = 'S'] = values.flatMap((value) => Object.keys(value))
  // No view looks into lists.
  return `STRUCT("${kind}" ${{ BOOL: 'BOOLEAN', L: 'JSON' }[kind] ?? 'VARCHAR'})`
}
