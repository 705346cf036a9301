import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import t from 'tap'
import { startLocalDynamoDb } from '../../../scripts/local/start-local-dynamodb.ts'
import { createKeyTable } from '../../api-keys/key-table.ts'
import { testKeyTableContract } from './key-table-contract.ts'

const region = 'us-east-1'
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }

const { endpoint, close } = await startLocalDynamoDb()
t.teardown(close)

await testKeyTableContract(t, { name: 'the embedded DynamoDB', endpoint, region, credentials })

t.test('a DynamoDB that does not answer is no answer about a key', async (t) => {
  const client = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', region, credentials, maxAttempts: 1 })
  t.teardown(() => client.destroy())
  const keys = createKeyTable(DynamoDBDocumentClient.from(client), 'keys')
  await t.rejects(keys.find('0123456789ab'), { name: 'DependencyUnavailable' })
  await t.rejects(keys.mark('0123456789ab', 'firstUsedAt', 0), { name: 'DependencyUnavailable' })
})
