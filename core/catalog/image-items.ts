import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { dayIndex } from './day-index.ts'
import { attributeNames, sparseIndexes } from './sparse-indexes.ts'

/** The primary key of an image's record. */
export const keyOf = ({ tenant, imageId }: Pick<ImageRef, 'tenant' | 'imageId'>) => ({
  pk: `${tenant}#${imageId}`,
})

/** Fields whose stored attribute is older than their name in the code. Tables in production hold the stored names. */
export const storedNames: Record<string, string> = {
  pendingEvents: 'owedEvents',
  reprocessedAt: 'remadeAt',
  reprocessAttempts: 'attemptsAgain',
}

const fieldNames = Object.fromEntries(Object.entries(storedNames).map(([field, stored]) => [stored, field]))

/** Attributes for keys and indexes only, which are not part of a record. */
const indexAttributes = new Set([
  'pk',
  dayIndex.shard,
  dayIndex.sortKey,
  ...Object.values(sparseIndexes).flatMap(attributeNames),
])

/** Converts a stored item to a record. */
export function toRecord(item: Record<string, unknown>): ImageRecord {
  const record: Record<string, unknown> = {}
  for (const name of Object.keys(item)) {
    if (!indexAttributes.has(name)) record[fieldNames[name] ?? name] = item[name]
  }
  return record as unknown as ImageRecord
}

export const toRef = (item: Record<string, unknown>): ImageRef => {
  const { tenant, imageId, generation } = item as unknown as ImageRef
  return { tenant, imageId, generation }
}
