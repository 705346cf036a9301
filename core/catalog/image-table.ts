import { ConditionalCheckFailedException, DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { DocumentClient } from '../aws/document-client.ts'
import { translateErrors, undefinedIfConditionFailed } from '../aws/translate-errors.ts'
import { type ImageRecord, isExpired } from '../images/image-record.ts'
import type { ImageRef } from '../images/object-key.ts'
import { type Change, updateExpression } from './image-change.ts'
import { keyOf, toRecord, toRef } from './image-items.ts'
import { type SparseIndex, shards } from './sparse-indexes.ts'

export type ImageTable = ReturnType<typeof createImageTable>

/**
 * Reads and writes the DynamoDB table of the catalog. All functions throw `DependencyUnavailable` (a retry can help) when DynamoDB
 * is unreachable, throttles or fails.
 */
export function createImageTable(client: DocumentClient, TableName: string) {
  /** Reads a record, even if it has expired. */
  async function read(tenant: string, imageId: string): Promise<ImageRecord | undefined> {
    const Key = keyOf({ tenant, imageId })
    const { Item } = await translateErrors(
      client.send(new GetCommand({ TableName, Key, ConsistentRead: true })),
    )
    return Item && toRecord(Item)
  }

  /**
   * Creates a record unless an unexpired one exists. That one is returned if DynamoDB sends it; some stand-ins do not.
   * @param record a new one, so none of its fields has another stored name
   * @param entries attributes for the indexes
   */
  async function create(
    record: ImageRecord,
    entries: object,
    nowMs: number,
  ): Promise<{ created: boolean; existing?: ImageRecord }> {
    const put = new PutCommand({
      TableName,
      Item: { ...keyOf(record), ...entries, ...record },
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    try {
      await translateErrors(client.send(put))
      return { created: true }
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error
      return { created: false, existing: error.Item && toRecord(unmarshall(error.Item)) }
    }
  }

  /** Returns the changed record, or undefined when the condition did not hold. */
  async function change(ref: ImageRef, requested: Change): Promise<ImageRecord | undefined> {
    const update = new UpdateCommand({
      TableName,
      Key: keyOf(ref),
      ...updateExpression(requested, ref.generation),
      ReturnValues: 'ALL_NEW',
    })
    const response = await undefinedIfConditionFailed(client.send(update))
    return response?.Attributes && toRecord(response.Attributes)
  }

  /** Lists the images of an index up to a time, in pages, the oldest of each shard first. Eventually consistent. */
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

  /** Counts the records of an index and finds its oldest time. Counts at most one page per shard, about 100,000 records in all. */
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
    const times = measured.map(({ oldestMs }) => oldestMs).filter((time) => time !== undefined)
    return {
      count: measured.reduce((sum, { count }) => sum + count, 0),
      oldestMs: times.length > 0 ? Math.min(...times) : undefined,
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
    return translateErrors(
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

  /** Resolves when the table is reachable. */
  async function ping(signal?: AbortSignal): Promise<void> {
    await translateErrors(client.send(new DescribeTableCommand({ TableName }), { abortSignal: signal }))
  }

  return { read, create, change, list, measure, ping }
}

/** The record, unless it has expired. */
export function ifAlive(record: ImageRecord | undefined, nowMs: number): ImageRecord | undefined {
  return record && !isExpired(record, nowMs) ? record : undefined
}
