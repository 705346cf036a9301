import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { compactManifests } from '../../../processor/compaction/compact-manifests.ts'
import { connectLocalCompaction, retentionDays } from '../compact/open-compaction.ts'
import type { CatalogRow } from './create-warehouse.ts'
import type { Item } from './item-type.ts'
import type { ParquetDay } from './load-manifests.ts'

/** All records of the table, expired ones included. */
export async function readRecords(dynamoDb: DynamoDBClient, TableName: string): Promise<CatalogRow[]> {
  const rows: CatalogRow[] = []
  let ExclusiveStartKey: Item | undefined
  do {
    const page = await dynamoDb.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }))
    for (const { pk, ...item } of page.Items ?? []) rows.push({ pk: pk?.S ?? '', item })
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return rows
}

/**
 * Compacts the manifests of a bucket, as a schedule does on AWS, and returns the files. Reads only manifests that are new since the last
 * call.
 * @throws AggregateError when a day could not be compacted
 */
export async function readManifests(s3: S3Client, bucket: string): Promise<ParquetDay[]> {
  const deps = connectLocalCompaction(s3, bucket)
  const days = await compactManifests(deps, { retentionDays })
  const files = days.map(async ({ day, key }) => ({ day, bytes: key && (await deps.store.read(key))?.bytes }))
  return (await Promise.all(files)).filter((file): file is ParquetDay => Buffer.isBuffer(file.bytes))
}
