import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { testCatalogContract } from './contract/catalog-contract.ts'

const { aws, setting } = await connectServices()
const { region, ...credentials } = aws
await testCatalogContract(t, {
  name: 'DynamoDB Local',
  endpoint: setting('DYNAMODB_ENDPOINT'),
  region,
  credentials,
})
