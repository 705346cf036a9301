import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { scopes as allScopes, type Scope } from '../../../core/api-keys/api-key.ts'
import { createKeyTable } from '../../../core/api-keys/key-table.ts'
import { documentClientOptions, dynamoDbClientOptions } from '../../../core/aws/aws-client-options.ts'
import { createKey } from '../../keys/create-key.ts'
import type { LocalSettings } from '../../local/local-settings.ts'

/** Creates a key, as `npm run keys` does. */
export async function addKey(
  settings: LocalSettings['store'],
  tenant: string,
  scopes: readonly Scope[] = allScopes,
): Promise<string> {
  const credentials = {
    accessKeyId: settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
  }
  const client = new DynamoDBClient({
    ...dynamoDbClientOptions({ ...settings, S3_ENDPOINT: '' }),
    credentials,
  })
  const keys = createKeyTable(DynamoDBDocumentClient.from(client, documentClientOptions), settings.KEYS_TABLE)
  const options = { tenant, scopes: [...scopes], requestsPerMinute: 6_000, label: 'test' }
  const { text } = await createKey(keys, options)
  client.destroy()
  return text
}
