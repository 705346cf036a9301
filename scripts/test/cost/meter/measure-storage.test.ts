import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import t from 'tap'
import { measureStorage } from '../../../cost/meter/measure-storage.ts'
import { startTestDynamoDb } from '../../../testkit/start-test-dynamodb.ts'

t.test('an item and its copy in an index are counted with their overhead', async (t) => {
  const { client } = await startTestDynamoDb(t)
  const TableName = 'catalog'
  const index = (name: string) => ({
    IndexName: name,
    KeySchema: [{ AttributeName: name, KeyType: 'HASH' as const }],
    Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['note'] },
  })
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: ['pk', 'day', 'owing'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [index('day'), index('owing')],
    }),
  )
  const item = { pk: 'a', day: 'd', note: 'n', size: 'large' }
  for (const pk of ['a', 'b']) {
    await client.send(new PutItemCommand({ TableName, Item: marshall({ ...item, pk }) }))
  }
  // The item has no attribute `owing`, so that index has no copy of it.
  t.strictSame(await measureStorage(client, TableName), {
    table: '{"pk":"a","day":"d","note":"n","size":"large"}'.length + 100,
    indexes: '{"pk":"a","day":"d","note":"n"}'.length + 100,
  })
})
