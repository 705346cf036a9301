import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { testKeyTableContract } from './key-table-contract.ts'

const { aws, setting } = await connectServices()
const { region, ...credentials } = aws
await testKeyTableContract(t, {
  name: 'DynamoDB Local',
  endpoint: setting('DYNAMODB_ENDPOINT'),
  region,
  credentials,
})
