import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import { startTestDynamoDb, testDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { createKeyTable } from '../../api-keys/key-table.ts'
import { testKeyTableContract } from './key-table-contract.ts'

const { endpoint } = await startTestDynamoDb(t)

await testKeyTableContract(t, { name: 'the embedded DynamoDB', endpoint, ...testDynamoDb })

t.test('an unreachable DynamoDB is reported as unavailable', async (t) => {
  const client = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', ...testDynamoDb, maxAttempts: 1 })
  t.teardown(() => client.destroy())
  const keys = createKeyTable(DynamoDBDocumentClient.from(client), 'keys')
  await t.rejects(keys.find('0123456789ab'), { name: 'DependencyUnavailable' })
  await t.rejects(keys.mark('0123456789ab', 'firstUsedAt', 0), { name: 'DependencyUnavailable' })
})
