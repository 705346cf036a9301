import { setTimeout as sleep } from 'node:timers/promises'
import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { translateErrors } from '../aws/translate-errors.ts'
import { DependencyUnavailable } from '../errors.ts'
import type { ImageRecord, ImageStatus } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type DayEntry, dayIndex } from './day-index.ts'
import { keyOf, toRecord } from './image-table.ts'

export interface ShardQuery {
  /** Only what is older than this place. */
  before: string
  status?: ImageStatus
  nowMs: number
  /** How many entries to read; what does not fit the status or is expired counts, too. */
  readLimit: number
}

export interface ShardPart {
  /** Newest first. */
  entries: DayEntry[]
  /** How far the shard was read; undefined when it was read to its end. */
  readTo?: string
}

export type DayTable = ReturnType<typeof createDayTable>

const maxTries = 4
const firstPauseMs = 50

/** How the catalog's table is read by day. Both functions throw `DependencyUnavailable` (a retry can help). */
export function createDayTable(client: DynamoDBDocumentClient, TableName: string) {
  /** A part of one shard of a day. Eventually consistent: a record of this very second can be missing. */
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

  /** The records as they are now, in any order and without those that are gone. @param refs at most 100 */
  async function readRecords(refs: ImageRef[]): Promise<ImageRecord[]> {
    const found: ImageRecord[] = []
    let keys: Record<string, unknown>[] | undefined = refs.map(keyOf)
    for (let tries = 1; keys?.length; tries += 1) {
      if (tries > maxTries) throw new DependencyUnavailable('catalog', new Error('keys stay unprocessed'))
      if (tries > 1) await sleep(firstPauseMs * 2 ** (tries - 2))
      const command = new BatchGetCommand({
        RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } },
      })
      const { Responses, UnprocessedKeys } = await translateErrors(client.send(command))
      found.push(...(Responses?.[TableName] ?? []).map(toRecord))
      keys = UnprocessedKeys?.[TableName]?.Keys
    }
    return found
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
