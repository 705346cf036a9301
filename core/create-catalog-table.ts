import {
  type AttributeDefinition,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { createTableOnce } from './create-table-once.ts'
import { type SparseIndex, sparseIndexes } from './sparse-indexes.ts'

const indexes = Object.values(sparseIndexes)

/**
 * Makes the catalog's table where no CloudFormation does: on a laptop and in tests. A table that exists is left alone.
 * A store without TTL is accepted: expired records are invisible anyway, they only stay on disk.
 */
export async function createCatalogTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const isNew = await createTableOnce(client, {
    TableName: tableName,
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, ...indexes.flatMap(defineAttributes)],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: indexes.map(defineIndex),
  })
  if (isNew) await enableTimeToLive(client, tableName)
}

async function enableTimeToLive(client: DynamoDBClient, tableName: string): Promise<void> {
  const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true }
  try {
    await client.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }))
  } catch (error) {
    if ((error as Error).name !== 'UnknownOperationException') throw error
  }
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
