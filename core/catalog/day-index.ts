import type { ImageRecord, ImageStatus } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { shards } from './sparse-indexes.ts'

/**
 * The index of a tenant's images by day, which every record is in from its first moment to its last. A day is spread
 * over 16 shards, by the image's first hex digit: one partition takes 1,000 writes a second.
 */
export const dayIndex = { name: 'byDay', shard: 'dayShard', sortKey: 'dayOrder' } as const

/** What the index itself knows of an image. */
export interface DayEntry extends ImageRef {
  /** The image's place in its day: `‹createdAt›#‹imageId›`. No two images share one, and text sorts them by time. */
  sortKey: string
  status: ImageStatus
}

/** The UTC day of a moment, `YYYY-MM-DD`. */
export const dayAt = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10)

export const sortKeyOf = ({ createdAt, imageId }: Pick<ImageRecord, 'createdAt' | 'imageId'>): string =>
  `${createdAt}#${imageId}`

/** Whether a text is a place, as in `sortKey`. */
export function isPosition(text: string): boolean {
  const [, createdAt] = /^(.{24})#[0-9a-f]{64}$/.exec(text) ?? []
  return createdAt !== undefined && new Date(createdAt).toJSON() === createdAt
}

export const dayOfPosition = (position: string): string => position.slice(0, 10)

/** Newer than every place of the day. */
export const newestPositionOf = (day: string): string => `${day}U`

/** What brings a record into the index. */
export const dayEntryOf = (record: ImageRecord) => ({
  [dayIndex.shard]: shardKey(record.tenant, dayOfPosition(record.createdAt), record.imageId.slice(0, 1)),
  [dayIndex.sortKey]: sortKeyOf(record),
})

export const shardKeysOf = (tenant: string, day: string): string[] =>
  shards.map((shard) => shardKey(tenant, day, shard))

const shardKey = (tenant: string, day: string, shard: string) => `${tenant}#${day}#${shard}`
