import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export type Item = Record<string, AttributeValue>

const text = { S: '' }
const number = { N: '0' }

/** The attributes that the views read. They must exist even if no item has them, such as `rejection` without a rejected image. */
const readByViews: Item = {
  tenant: text,
  imageId: text,
  generation: text,
  status: text,
  byteLength: number,
  contentType: text,
  createdAt: text,
  startedAt: text,
  finishedAt: text,
  expiresAt: number,
  attempts: number,
  duplicates: number,
  rejection: { M: { reason: text, detail: text } },
  image: {
    M: { format: text, width: number, height: number, camera: { M: { make: text, model: text } } },
  },
}

/**
 * The DuckDB type that holds all of these items as Redshift's SUPER does: numbers stay text, and a missing attribute is null.
 */
export const itemType = (items: Item[]): string => structType([readByViews, ...items])

function structType(items: Item[]): string {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))].sort()
  const fields = names.map((name) => {
    const values = items.map((item) => item[name]).filter((value) => value !== undefined)
    return `"${name.replaceAll('"', '""')}" ${attributeType(values)}`
  })
  return `STRUCT(${fields.join(', ')})`
}

function attributeType(values: AttributeValue[]): string {
  const maps = values.map(({ M }) => M).filter((map) => map !== undefined)
  if (maps.length > 0)
    return maps.some((map) => Object.keys(map).length > 0) ? `STRUCT("M" ${structType(maps)})` : 'JSON'
  const [kind = 'S'] = values.flatMap((value) => Object.keys(value))
  // No view reads lists.
  return `STRUCT("${kind}" ${{ BOOL: 'BOOLEAN', L: 'JSON' }[kind] ?? 'VARCHAR'})`
}
