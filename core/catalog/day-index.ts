import type { ImageRecord, ImageStatus } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { shards } from './sparse-indexes.ts'

/**
 * The index of a tenant's images by day of creation. It contains every record. A day is spread over 16 shards by the image's
 * first hex digit, because one DynamoDB partition accepts 1,000 writes per second.
 */
export const dayIndex = { name: 'byDay', shard: 'dayShard', sortKey: 'dayOrder' } as const

/** The attributes of an image that the index contains. */
export interface DayEntry extends ImageRef {
  /** `‹createdAt›#‹imageId›`: unique, and in order of time when sorted as text. */
  sortKey: string
  status: ImageStatus
}

/** The UTC day of a time, `YYYY-MM-DD`. */
export const dayAt = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10)

export const sortKeyOf = ({ createdAt, imageId }: Pick<ImageRecord, 'createdAt' | 'imageId'>): string =>
  `${createdAt}#${imageId}`

/** Whether a text has the form of a `sortKey`. */
export function isPosition(text: string): boolean {
  const [, createdAt] = /^(.{24})#[0-9a-f]{64}$/.exec(text) ?? []
  return createdAt !== undefined && new Date(createdAt).toJSON() === createdAt
}

export const dayOfPosition = (position: string): string => position.slice(0, 10)

/** Sorts after every `sortKey` of the day. */
export const newestPositionOf = (day: string): string => `${day}U`

/** The attributes that put a record into the index. */
export const dayEntryOf = (record: ImageRecord) => ({
  [dayIndex.shard]: shardKey(record.tenant, dayOfPosition(record.createdAt), record.imageId.slice(0, 1)),
  [dayIndex.sortKey]: sortKeyOf(record),
})

export const shardKeysOf = (tenant: string, day: string): string[] =>
  shards.map((shard) => shardKey(tenant, day, shard))

const shardKey = (tenant: string, day: string, shard: string) => `${tenant}#${day}#${shard}`
