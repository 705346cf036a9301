import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTableOnce } from '../aws/create-table-once.ts'

/** Makes the table of API keys where no CloudFormation does. A table that exists is left alone. */
export async function createKeyTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await createTableOnce(client, {
    TableName: tableName,
    AttributeDefinitions: [{ AttributeName: 'keyId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'keyId', KeyType: 'HASH' }],
  })
}
