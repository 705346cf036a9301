import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { scopes } from '../../../core/api-keys/api-key.ts'
import { createKeyTable } from '../../../core/api-keys/key-table.ts'
import { documentClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createKey } from '../../keys/create-key.ts'
import { connectStores, type StoreSettings } from '../../local/create-stores.ts'

/** Creates a key for another tenant, as `npm run keys` does. */
export async function addKey(settings: StoreSettings, tenant: string): Promise<string> {
  const { dynamoDb, close } = connectStores(settings)
  const keys = createKeyTable(
    DynamoDBDocumentClient.from(dynamoDb, documentClientOptions),
    settings.KEYS_TABLE,
  )
  const options = { tenant, scopes: [...scopes], requestsPerMinute: 6_000, label: 'test' }
  const { text } = await createKey(keys, options)
  close()
  return text
}
