import {
  type AttributeDefinition,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb'
import { createTableOnce } from '../aws/create-table-once.ts'
import { enableTimeToLive } from '../aws/enable-time-to-live.ts'
import { dayIndex } from './day-index.ts'
import { type SparseIndex, sparseIndexes } from './sparse-indexes.ts'

const indexes = Object.values(sparseIndexes)

const dayIndexDefinition: GlobalSecondaryIndex = {
  IndexName: dayIndex.name,
  KeySchema: [
    { AttributeName: dayIndex.shard, KeyType: 'HASH' },
    { AttributeName: dayIndex.sortKey, KeyType: 'RANGE' },
  ],
  Projection: {
    ProjectionType: 'INCLUDE',
    NonKeyAttributes: ['tenant', 'imageId', 'generation', 'status', 'expiresAt'],
  },
}

const definitions = [...indexes.map(defineIndex), dayIndexDefinition]

/**
 * Creates the catalog's table where CloudFormation does not. In an existing table, only a missing TTL is corrected. A store
 * without TTL is accepted: the catalog ignores expired records, they only take up space.
 * @returns whether the table is new
 * @throws Error when the existing table lacks an index because an older version created it
 */
export async function createCatalogTable(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const isNew = await createTableOnce(client, {
    TableName: tableName,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: dayIndex.shard, AttributeType: 'S' },
      { AttributeName: dayIndex.sortKey, AttributeType: 'S' },
      ...indexes.flatMap(defineAttributes),
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: definitions,
  })
  if (!isNew) await requireIndexes(client, tableName)
  await enableTimeToLive(client, tableName, isNew)
  return isNew
}

/** Missing indexes are not added: the embedded DynamoDB cannot, and a new day index would lack the existing records. */
async function requireIndexes(client: DynamoDBClient, tableName: string): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  const present = Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName) ?? []
  const missing = definitions.map(({ IndexName }) => IndexName).filter((name) => !present.includes(name))
  if (missing.length === 0) return
  throw new Error(
    `The table "${tableName}" lacks the indexes ${missing.join(', ')}: an older version created it. Delete it, or start with empty stores ("npm start -- --fresh").`,
  )
}

function defineAttributes({ shard, at }: SparseIndex): AttributeDefinition[] {
  return [
    { AttributeName: shard, AttributeType: 'S' },
    { AttributeName: at, AttributeType: 'N' },
  ]
}

function defineIndex({ name, shard, at }: SparseIndex): GlobalSecondaryIndex {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: shard, KeyType: 'HASH' },
      { AttributeName: at, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['tenant', 'imageId', 'generation'] },
  }
}
