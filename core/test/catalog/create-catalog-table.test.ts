import t from 'tap'
import { startTestDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { createTableOnce } from '../../aws/create-table-once.ts'
import { createCatalogTable } from '../../catalog/create-catalog-table.ts'

t.test('the error for a table of an older version names the missing indexes', async (t) => {
  const { client } = await startTestDynamoDb(t)
  await createTableOnce(client, {
    TableName: 'old',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  await t.rejects(createCatalogTable(client, 'old'), /"old" .* owing, unfinished, byDay/)
})
