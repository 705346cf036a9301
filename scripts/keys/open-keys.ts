import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { createKeyTable } from '../../core/api-keys/key-table.ts'
import { documentClientOptions, dynamoDbClientOptions } from '../../core/aws/aws-client-options.ts'
import { hasKeysTable, localDataDirectory, readKeysConfig } from '../config.ts'
import { readLocalSettings } from '../local/local-settings.ts'

/**
 * Opens the key table named in the environment, or else that of the system that `npm start` runs here.
 * @throws Error when there is neither
 */
export async function openKeys() {
  const local = hasKeysTable() ? undefined : await readLocalSettings(localDataDirectory())
  if (!hasKeysTable() && !local) {
    throw new Error('No table of keys: set KEYS_TABLE (and AWS_REGION), or run "npm start" first.')
  }
  const config = readKeysConfig(local?.store ?? {})
  const client = new DynamoDBClient({
    ...dynamoDbClientOptions({ ...config, S3_ENDPOINT: '' }),
    ...(local && {
      credentials: {
        accessKeyId: local.store.AWS_ACCESS_KEY_ID,
        secretAccessKey: local.store.AWS_SECRET_ACCESS_KEY,
      },
    }),
  })
  const documents = DynamoDBDocumentClient.from(client, documentClientOptions)
  return { keys: createKeyTable(documents, config.KEYS_TABLE), close: () => client.destroy() }
}
