import { type ApiKey, generateKey } from '../../core/api-keys/api-key.ts'
import type { KeyTable } from '../../core/api-keys/key-table.ts'

export type KeyOptions = Pick<ApiKey, 'tenant' | 'scopes' | 'requestsPerMinute' | 'expiresAt' | 'label'>

/** Creates a key and returns its text, which cannot be recovered later. */
export async function createKey(
  keys: Pick<KeyTable, 'add'>,
  options: KeyOptions,
): Promise<{ key: ApiKey; text: string }> {
  const { keyId, secretHash, text } = generateKey()
  const key = { keyId, secretHash, ...options, createdAt: new Date().toISOString() }
  await keys.add(key)
  return { key, text }
}
