import t from 'tap'
import { startTestDynamoDb, testDynamoDb } from '../../../scripts/testkit/start-test-dynamodb.ts'
import { testCatalogContract } from './contract/catalog-contract.ts'

const { endpoint } = await startTestDynamoDb(t)

await testCatalogContract(t, { name: 'the embedded DynamoDB', endpoint, ...testDynamoDb })
