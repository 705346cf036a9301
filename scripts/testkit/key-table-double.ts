import { type ApiKey, generateKey, scopes } from '../../core/api-keys/api-key.ts'
import type { KeyTable } from '../../core/api-keys/key-table.ts'

/** An in-memory double of the key table. `asked` lists the key ids of all look-ups. */
export function createKeyTableDouble() {
  const records = new Map<string, ApiKey>()
  const asked: string[] = []

  const find: KeyTable['find'] = async (keyId) => {
    asked.push(keyId)
    const record = records.get(keyId)
    return record && { ...record }
  }
  const mark: KeyTable['mark'] = async (keyId, moment, nowMs) => {
    const record = records.get(keyId)
    if (!record || record[moment]) return false
    record[moment] = new Date(nowMs).toISOString()
    return true
  }

  /** Creates a valid key with all scopes. @param said overrides its fields */
  function make(said: Partial<ApiKey> = {}): { text: string; record: ApiKey } {
    const { keyId, secretHash, text } = generateKey()
    const record = {
      keyId,
      secretHash,
      tenant: 'local',
      scopes: [...scopes],
      requestsPerMinute: 10_000,
      createdAt: '2026-11-01T00:00:00.000Z',
      ...said,
    }
    records.set(keyId, record)
    return { text, record }
  }

  return { records, asked, find, mark, make }
}
