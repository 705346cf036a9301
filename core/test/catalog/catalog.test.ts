import t from 'tap'
import { startLocalDynamoDb } from '../../../scripts/local/start-local-dynamodb.ts'
import { testCatalogContract } from './contract/catalog-contract.ts'

const { endpoint, close } = await startLocalDynamoDb()
t.teardown(close)

await testCatalogContract(t, {
  name: 'the embedded DynamoDB',
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
})
