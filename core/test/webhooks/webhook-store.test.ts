import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import { startTestDynamoDb, testDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { openWebhookStore } from '../../webhooks/webhook-store.ts'
import { testWebhookStoreContract } from './webhook-store-contract.ts'

const { endpoint } = await startTestDynamoDb(t)

await testWebhookStoreContract(t, { name: 'the embedded DynamoDB', endpoint, ...testDynamoDb })

t.test('an unreachable DynamoDB is reported as unavailable', async (t) => {
  const client = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', ...testDynamoDb, maxAttempts: 1 })
  t.teardown(() => client.destroy())
  const { endpoints, deliveries, ping } = openWebhookStore(DynamoDBDocumentClient.from(client), 'webhooks')
  const unavailable = { name: 'DependencyUnavailable', dependency: 'webhooks' }
  await t.rejects(endpoints.list('acme'), unavailable)
  await t.rejects(deliveries.listDue('0', { limit: 1 }), unavailable)
  await t.rejects(ping(), unavailable)
})
