import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { hasSecret, parseKey, scopes } from '../../core/api-keys/api-key.ts'
import { createKeyTable, type KeyTable } from '../../core/api-keys/key-table.ts'
import { documentClientOptions } from '../../core/aws/aws-client-options.ts'
import { createKey } from '../keys/create-key.ts'
import { connectStores, type StoreSettings } from './create-stores.ts'

interface LocalKeyOptions {
  /** The key of the previous start, if any. */
  lastKey?: string
  requestsPerMinute: number
}

/** Returns the key of the previous start if it is still valid, or creates one. */
export async function ensureLocalKey(settings: StoreSettings, options: LocalKeyOptions): Promise<string> {
  const { dynamoDb, close } = connectStores(settings)
  const documents = DynamoDBDocumentClient.from(dynamoDb, documentClientOptions)
  const keys = createKeyTable(documents, settings.KEYS_TABLE)
  const key = (await findUsable(keys, options.lastKey)) ?? (await createLocalKey(keys, options))
  close()
  return key
}

async function findUsable(keys: KeyTable, text = ''): Promise<string | undefined> {
  const shown = parseKey(text)
  const key = shown && (await keys.find(shown.keyId))
  return key && !key.revokedAt && hasSecret(key, shown.secret) ? text : undefined
}

async function createLocalKey(keys: KeyTable, { requestsPerMinute }: LocalKeyOptions): Promise<string> {
  const options = { tenant: 'local', scopes: [...scopes], requestsPerMinute, label: 'npm start' }
  return (await createKey(keys, options)).text
}
