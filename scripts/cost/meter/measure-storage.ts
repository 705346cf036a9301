import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { sum } from '../../bench/sum.ts'
import { entryOf } from './index-entry.ts'

/** Overhead of each item and each index entry. Source: "DynamoDB item sizes and formats", Amazon DynamoDB Developer Guide. */
const overheadBytes = 100

/** Bytes that DynamoDB bills for an item on average. */
export interface StoredBytes {
  table: number
  /** Bytes of its copies in the indexes. */
  indexes: number
}

/** Measures the items of a small table and their copies in its indexes. */
export async function measureStorage(client: DynamoDBClient, TableName: string): Promise<StoredBytes> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  const { KeySchema = [], GlobalSecondaryIndexes = [] } = Table ?? {}
  const { Items = [] } = await client.send(new ScanCommand({ TableName }))
  // An entry also has the key of its item.
  const keyOf = (item: Record<string, AttributeValue>) =>
    Object.fromEntries(
      KeySchema.flatMap(({ AttributeName = '' }) => {
        const value = item[AttributeName]
        return value ? [[AttributeName, value]] : []
      }),
    )
  const copies = Items.flatMap((item) =>
    GlobalSecondaryIndexes.flatMap((index) => {
      const entry = entryOf(index, item)
      return entry ? [{ ...keyOf(item), ...entry }] : []
    }),
  )
  return {
    table: sum(Items.map(countBytes)) / Items.length,
    indexes: sum(copies.map(countBytes)) / Items.length,
  }
}

/** The size as JSON, which is about what DynamoDB counts: names and values. */
const countBytes = (item: Record<string, AttributeValue>): number =>
  Buffer.byteLength(JSON.stringify(unmarshall(item))) + overheadBytes
