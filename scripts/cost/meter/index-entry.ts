import type { AttributeValue, GlobalSecondaryIndexDescription } from '@aws-sdk/client-dynamodb'

export type StoredItem = Record<string, AttributeValue> | undefined

/** The attributes of an item that the index contains, or undefined if the item has no entry. */
export function entryOf(index: GlobalSecondaryIndexDescription, item: StoredItem): StoredItem {
  const keys = keyNames(index)
  if (!item || keys.some((name) => item[name] === undefined)) return undefined
  if (index.Projection?.ProjectionType === 'ALL') return item
  const names = [...keys, ...(index.Projection?.NonKeyAttributes ?? [])]
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])))
}

/** The attributes that must be present for an item to be in the index. */
export const keyNames = ({ KeySchema = [] }: GlobalSecondaryIndexDescription): string[] =>
  KeySchema.map(({ AttributeName = '' }) => AttributeName)
