import { isDeepStrictEqual } from 'node:util'
import type { GlobalSecondaryIndexDescription } from '@aws-sdk/client-dynamodb'
import { entryOf, keyNames, type StoredItem } from './index-entry.ts'

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
