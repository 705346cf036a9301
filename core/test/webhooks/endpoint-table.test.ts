import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import { startTestDynamoDb, testDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import type { DocumentClient } from '../../aws/document-client.ts'
import { createEndpointTable } from '../../webhooks/endpoint-table.ts'
import { createWebhookTable } from '../../webhooks/webhook-store.ts'

t.test('an endpoint is created once although the answer to the write is lost', async (t) => {
  const { endpoint } = await startTestDynamoDb(t)
  const dynamoDb = new DynamoDBClient({ endpoint, ...testDynamoDb })
  t.teardown(() => dynamoDb.destroy())
  await createWebhookTable(dynamoDb, 'webhooks')
  const documents = DynamoDBDocumentClient.from(dynamoDb)
  let writes = 0
  /** Loses the response to a write. The SDK then repeats it and throws the failed condition of the second write. */
  async function send(command: Parameters<typeof documents.send>[0]) {
    const answer = await documents.send(command)
    if (!(command instanceof PutCommand)) return answer
    writes += 1
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} })
  }
  const table = createEndpointTable({ send } as unknown as DocumentClient, 'webhooks')
  const url = 'https://example.com/hook'
  const request = { tenant: 'acme', url, events: ['image.processed' as const] }
  const created = await table.create(request, (existing) => {
    if (existing.length > 0) throw new Error('exists')
  })
  t.match(created, { url, slot: 0, status: 'active' })
  t.equal(writes, 1)
  t.strictSame(await table.list('acme'), [created])
})
