import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue, GlobalSecondaryIndexDescription } from '@aws-sdk/client-dynamodb'

export type StoredItem = Record<string, AttributeValue> | undefined

/**
 * Counts the writes to an index that a write to its table causes: 1 to add, remove or change an entry, 2 to move it to another
 * key, 0 if the entry stays the same. Each is one write unit per started kilobyte of the entry.
 *
 * Source: "Write capacity units" in "Using Global Secondary Indexes in DynamoDB", Amazon DynamoDB Developer Guide.
 */
export function countIndexWrites(
  index: GlobalSecondaryIndexDescription,
  before: StoredItem,
  after: StoredItem,
): number {
  const [old, current] = [entryOf(index, before), entryOf(index, after)]
  if (isDeepStrictEqual(old, current)) return 0
  const isMoved =
    old && current && keyNames(index).some((name) => !isDeepStrictEqual(old[name], current[name]))
  return isMoved ? 2 : 1
}

/** The attributes of an item that the index contains, or undefined if the item has no entry. */
function entryOf(index: GlobalSecondaryIndexDescription, item: StoredItem): StoredItem {
  const keys = keyNames(index)
  if (!item || keys.some((name) => item[name] === undefined)) return undefined
  if (index.Projection?.ProjectionType === 'ALL') return item
  const names = [...keys, ...(index.Projection?.NonKeyAttributes ?? [])]
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])))
}

const keyNames = ({ KeySchema = [] }: GlobalSecondaryIndexDescription): string[] =>
  KeySchema.map(({ AttributeName = '' }) => AttributeName)
