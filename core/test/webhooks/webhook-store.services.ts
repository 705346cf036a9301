import t from 'tap'
import { connectServices } from '../../../scripts/testkit/connect-services.ts'
import { testWebhookStoreContract } from './webhook-store-contract.ts'

const { aws, setting } = await connectServices()
const { region, ...credentials } = aws
await testWebhookStoreContract(t, {
  name: 'DynamoDB Local',
  endpoint: setting('DYNAMODB_ENDPOINT'),
  region,
  credentials,
})
