import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import t from 'tap'
import { startLocalDynamoDb } from '../../../scripts/local/start-local-dynamodb.ts'
import { createTableOnce } from '../../aws/create-table-once.ts'
import { createCatalogTable } from '../../catalog/create-catalog-table.ts'

t.test('a table of an older version is named with what it lacks', async (t) => {
  const { endpoint, close } = await startLocalDynamoDb()
  t.teardown(close)
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  t.teardown(() => client.destroy())
  await createTableOnce(client, {
    TableName: 'old',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  await t.rejects(createCatalogTable(client, 'old'), /"old" .* owing, unfinished, byDay/)
})
