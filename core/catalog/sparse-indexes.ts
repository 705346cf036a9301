import type { ImageRef } from '../images/object-key.ts'

/**
 * Sparse indexes, which hold only the records that somebody has to look after, oldest first. The image's first hex
 * digit is the shard, so that no partition takes the writes of all.
 */
export const sparseIndexes = {
  /** Records with events that are not on their topics yet. `at`: since when. */
  outbox: { name: 'owing', shard: 'owingShard', at: 'owingSince' },
  /** Records whose work is not over. `at`: when to look whether a trigger was lost. */
  unfinished: { name: 'unfinished', shard: 'unfinishedShard', at: 'checkAt' },
} as const

export type SparseIndex = (typeof sparseIndexes)[keyof typeof sparseIndexes]

export const shards = '0123456789abcdef'.split('')

/** What brings a record into an index. @param at epoch milliseconds */
export const entryIn = ({ shard, at }: SparseIndex, { imageId }: ImageRef, atMs: number) => ({
  [shard]: imageId.slice(0, 1),
  [at]: atMs,
})

/** The attributes to remove when a record leaves an index. */
export const attributesOf = ({ shard, at }: SparseIndex) => [shard, at]
