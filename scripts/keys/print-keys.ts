import Table from 'cli-table3'
import type { ApiKey } from '../../core/api-keys/api-key.ts'

/** Prints one row per key. */
export function printKeys(keys: ApiKey[], nowMs: number): void {
  const table = new Table({
    head: ['id', 'tenant', 'scopes', 'rate', 'state', 'created', 'first used', 'label'],
    style: { head: [], border: [] },
  })
  for (const key of keys) {
    const { keyId, tenant, scopes, requestsPerMinute, createdAt, firstUsedAt, label } = key
    const made = createdAt.slice(0, 10)
    const used = firstUsedAt?.slice(0, 10) ?? 'never'
    const rate = `${requestsPerMinute}/min`
    table.push([keyId, tenant, scopes.join(','), rate, describeState(key, nowMs), made, used, label ?? ''])
  }
  console.log(table.toString())
}

function describeState({ revokedAt, expiresAt }: ApiKey, nowMs: number): string {
  if (revokedAt) return `revoked ${revokedAt.slice(0, 10)}`
  if (!expiresAt) return 'valid'
  const day = expiresAt.slice(0, 10)
  return Date.parse(expiresAt) <= nowMs ? `expired ${day}` : `until ${day}`
}
