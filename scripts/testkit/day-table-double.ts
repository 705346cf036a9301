import { dayEntryOf, dayIndex, sortKeyOf } from '../../core/catalog/day-index.ts'
import type { DayTable, ShardQuery } from '../../core/catalog/day-table.ts'
import { type ImageRecord, isExpired } from '../../core/images/image-record.ts'

/** Keeps records in memory. As in DynamoDB, the limit counts the entries read, including those that the filter removes. */
export function createDayTableDouble(records: () => ImageRecord[]): DayTable {
  return {
    readShard: async (shardKey, query) => {
      const inShard = records().filter((record) => dayEntryOf(record)[dayIndex.shard] === shardKey)
      const entries = inShard.map((record) => ({ ...record, sortKey: sortKeyOf(record) }))
      const older = entries.filter(({ sortKey }) => sortKey < query.before).sort(newestFirst)
      const read = older.slice(0, query.readLimit)
      const isCutOff = read.length === query.readLimit
      return {
        entries: read.filter((entry) => matches(entry, query)),
        readTo: isCutOff ? read.at(-1)?.sortKey : undefined,
      }
    },
    readRecords: async (refs) =>
      refs.flatMap(({ tenant, imageId }) =>
        records().filter((record) => record.tenant === tenant && record.imageId === imageId),
      ),
  }
}

export function newestFirst(a: ImageRecord, b: ImageRecord): number {
  return sortKeyOf(a) < sortKeyOf(b) ? 1 : -1
}

function matches(record: ImageRecord, { nowMs, status }: ShardQuery): boolean {
  return !isExpired(record, nowMs) && (status === undefined || record.status === status)
}
