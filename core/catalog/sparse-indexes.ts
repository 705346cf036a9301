import type { ImageRef } from '../images/object-key.ts'

/**
 * Sparse indexes: each contains only the records that need work, oldest first. The image's first hex digit is the shard, so that
 * writes spread over partitions. Tables in production have these index and attribute names.
 */
export const sparseIndexes = {
  /** Records with pending events. `at`: since when. */
  outbox: { name: 'owing', shard: 'owingShard', at: 'owingSince' },
  /** Records whose processing is not complete. `at`: when the reconciler checks for a lost trigger. */
  unfinished: { name: 'unfinished', shard: 'unfinishedShard', at: 'checkAt' },
} as const

export type SparseIndex = (typeof sparseIndexes)[keyof typeof sparseIndexes]

export const shards = '0123456789abcdef'.split('')

/** The attributes that put a record into an index. @param atMs epoch milliseconds */
export const indexEntry = ({ shard, at }: SparseIndex, { imageId }: ImageRef, atMs: number) => ({
  [shard]: imageId.slice(0, 1),
  [at]: atMs,
})

/** The attributes to remove when a record leaves an index. */
export const attributeNames = ({ shard, at }: SparseIndex) => [shard, at]
