import { type ApiKey, generateKey, scopes } from '../../core/api-keys/api-key.ts'
import type { KeyTable } from '../../core/api-keys/key-table.ts'

/** Holds the same promises as the real table of keys, in memory. `asked` is every look into it. */
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

  /** A key in force that may do everything, but for what is said. */
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
