import { hostname, userInfo } from 'node:os'
import { pino } from 'pino'
import type { ApiKey } from '../../core/api-keys/api-key.ts'
import { createLogger } from '../../core/telemetry/logger.ts'

const standardError = 2

/** Writes the audit line of a created or revoked key to stderr: who, what, when and on which host. */
export function auditChange(change: 'key.created' | 'key.revoked', key: Partial<ApiKey>): void {
  const logger = createLogger('keys', 'info', pino.destination({ fd: standardError, sync: true }))
  const { keyId, tenant, scopes, requestsPerMinute, expiresAt, label } = key
  const what = { principal: keyId, tenant, scopes, requestsPerMinute, expiresAt, label }
  logger.info({ audit: change, by: userInfo().username, host: hostname(), ...what }, change.replace('.', ' '))
}
