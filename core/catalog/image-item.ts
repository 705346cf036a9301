import type { ImageRecord } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { dayIndex } from './day-index.ts'
import { attributesOf, sparseIndexes } from './sparse-indexes.ts'

const internalAttributes = [
  'pk',
  dayIndex.shard,
  dayIndex.order,
  ...Object.values(sparseIndexes).flatMap(attributesOf),
]

/** The key of an image's record in the catalog's table. */
export const keyOf = ({ tenant, imageId }: Pick<ImageRef, 'tenant' | 'imageId'>) => ({
  pk: `${tenant}#${imageId}`,
})

/** A record without the attributes that only indexes need. */
export function toRecord(item: Record<string, unknown>): ImageRecord {
  const fields = Object.entries(item).filter(([name]) => !internalAttributes.includes(name))
  return Object.fromEntries(fields) as unknown as ImageRecord
}
