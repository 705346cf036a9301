import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '../aws/batch-get.ts'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors } from '../aws/translate-errors.ts'
import type { ImageRecord, ImageStatus } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type DayEntry, dayIndex } from './day-index.ts'
import { keyOf, toRecord } from './image-items.ts'

export interface ShardQuery {
  /** Only entries older than this position. */
  before: string
  status?: ImageStatus
  nowMs: number
  /** How many entries to read, including expired ones and those of another status. */
  readLimit: number
}

export interface ShardPart {
  /** Newest first. */
  entries: DayEntry[]
  /** Position of the last entry that was read; undefined at the end of the shard. */
  readTo?: string
}

export type DayTable = ReturnType<typeof createDayTable>

/** Reads the catalog's table by day. Both functions throw `DependencyUnavailable` (a retry can help). */
export function createDayTable(client: DocumentClient, TableName: string) {
  /** Reads part of one shard of a day. Eventually consistent: records of the last second can be missing. */
  async function readShard(shardKey: string, { readLimit, ...query }: ShardQuery): Promise<ShardPart> {
    const command = new QueryCommand({
      TableName,
      IndexName: dayIndex.name,
      ScanIndexForward: false,
      Limit: readLimit,
      ...selection(shardKey, query),
    })
    const { Items = [], LastEvaluatedKey } = await translateErrors(client.send(command))
    const entries = Items.map(({ tenant, imageId, generation, status, [dayIndex.sortKey]: sortKey }) => ({
      tenant,
      imageId,
      generation,
      status,
      sortKey,
    })) as DayEntry[]
    return { entries, readTo: LastEvaluatedKey?.[dayIndex.sortKey] }
  }

  /** Reads the current records, in any order; deleted ones are left out. @param refs at most 100 */
  async function readRecords(refs: Pick<ImageRef, 'tenant' | 'imageId'>[]): Promise<ImageRecord[]> {
    const items = await batchGet(client, TableName, refs.map(keyOf))
    return items.map(toRecord)
  }

  return { readShard, readRecords }
}

function selection(shardKey: string, { before, status, nowMs }: Omit<ShardQuery, 'readLimit'>) {
  return {
    KeyConditionExpression: '#shard = :shard AND #order < :before',
    FilterExpression: `expiresAt > :now${status ? ' AND #status = :status' : ''}`,
    ExpressionAttributeNames: {
      '#shard': dayIndex.shard,
      '#order': dayIndex.sortKey,
      ...(status && { '#status': 'status' }),
    },
    ExpressionAttributeValues: {
      ':shard': shardKey,
      ':before': before,
      ':now': Math.floor(nowMs / 1000),
      ...(status && { ':status': status }),
    },
  }
}
