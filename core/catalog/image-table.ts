import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { conditional, reached } from '../aws/translate-errors.ts'
import { type ImageRecord, isExpired } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { keyOf, toRecord } from './image-item.ts'
import { type SparseIndex, shards } from './sparse-indexes.ts'
import { type Change, writeExpression } from './write-expression.ts'

export type ImageTable = ReturnType<typeof openImageTable>

/**
 * The DynamoDB table behind the catalog. All functions throw `DependencyUnavailable` (a retry can help) when DynamoDB
 * does not answer, throttles or fails.
 */
export function openImageTable(client: DynamoDBDocumentClient, TableName: string) {
  /** The record as it is stored, also when its life is over. */
  async function read(tenant: string, imageId: string): Promise<ImageRecord | undefined> {
    const Key = keyOf({ tenant, imageId })
    const { Item } = await reached(client.send(new GetCommand({ TableName, Key, ConsistentRead: true })))
    return Item && toRecord(Item)
  }

  /** Writes a whole record, unless one that is still alive is in its place. Returns whether it did. */
  async function create(record: ImageRecord, entries: object, nowMs: number): Promise<boolean> {
    const put = new PutCommand({
      TableName,
      Item: { ...keyOf(record), ...entries, ...record },
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
    })
    return (await conditional(client.send(put))) !== undefined
  }

  /** Returns the record as it is now, or undefined when the condition did not hold. */
  async function change(ref: ImageRef, wanted: Change): Promise<ImageRecord | undefined> {
    const update = new UpdateCommand({
      TableName,
      Key: keyOf(ref),
      ...writeExpression(wanted, ref.generation),
      ReturnValues: 'ALL_NEW',
    })
    const answer = await conditional(client.send(update))
    return answer?.Attributes && toRecord(answer.Attributes)
  }

  /** All images of an index up to a moment, in pages, the oldest of each shard first. Eventually consistent. */
  async function* list(index: SparseIndex, upToMs: number, pageSize: number): AsyncGenerator<ImageRef[]> {
    for (const shard of shards) {
      let ExclusiveStartKey: Record<string, unknown> | undefined
      do {
        const page = await query(index, shard, { upToMs, Limit: pageSize, ExclusiveStartKey })
        if (page.Items?.length) yield page.Items.map(toRef)
        ExclusiveStartKey = page.LastEvaluatedKey
      } while (ExclusiveStartKey)
    }
  }

  /** How many records an index holds, and its oldest moment. Counts at most one page of each shard: some 100,000 in all. */
  async function measure(index: SparseIndex): Promise<{ count: number; oldestMs: number | undefined }> {
    const measured = await Promise.all(
      shards.map(async (shard) => {
        const [all, first] = await Promise.all([
          query(index, shard, { Select: 'COUNT' }),
          query(index, shard, { Limit: 1 }),
        ])
        return { count: all.Count ?? 0, oldestMs: first.Items?.[0]?.[index.at] as number | undefined }
      }),
    )
    const moments = measured.map(({ oldestMs }) => oldestMs).filter((moment) => moment !== undefined)
    return {
      count: measured.reduce((sum, { count }) => sum + count, 0),
      oldestMs: moments.length > 0 ? Math.min(...moments) : undefined,
    }
  }

  interface QueryOptions {
    upToMs?: number
    Limit?: number
    Select?: 'COUNT'
    ExclusiveStartKey?: Record<string, unknown>
  }

  function query(index: SparseIndex, shard: string, { upToMs, ...options }: QueryOptions) {
    const bounded = upToMs !== undefined
    return reached(
      client.send(
        new QueryCommand({
          TableName,
          IndexName: index.name,
          KeyConditionExpression: `#shard = :shard${bounded ? ' AND #at <= :upTo' : ''}`,
          ExpressionAttributeNames: { '#shard': index.shard, ...(bounded && { '#at': index.at }) },
          ExpressionAttributeValues: { ':shard': shard, ...(bounded && { ':upTo': upToMs }) },
          ...options,
        }),
      ),
    )
  }

  /** Resolves when the table answers. */
  async function ping(signal?: AbortSignal): Promise<void> {
    await reached(client.send(new DescribeTableCommand({ TableName }), { abortSignal: signal }))
  }

  return { read, create, change, list, measure, ping }
}

const toRef = (item: Record<string, unknown>): ImageRef => {
  const { tenant, imageId, generation } = item as unknown as ImageRef
  return { tenant, imageId, generation }
}

/** The record, unless its life is over. */
export function ifAlive(record: ImageRecord | undefined, nowMs: number): ImageRecord | undefined {
  return record && !isExpired(record, nowMs) ? record : undefined
}
