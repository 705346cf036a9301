import type { FastifyRequest } from 'fastify'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import { originOf } from '../http/client-address.ts'

/** Why a key or a token was not accepted. */
export type AuthFailureReason =
  | 'missing'
  | 'malformed'
  | 'unknown'
  | 'wrong_secret'
  | 'expired'
  | 'revoked'
  | 'invalid_token'
  | 'scope_missing'

/** The client of a request. */
export interface Origin {
  ip: string
  requestId: string
}

/** The caller in an audit line, as far as it is known. */
export interface AuditSubject {
  /** The id of a key, or the subject of a token. */
  principal?: string
  tenant?: string
}

export type Audit = ReturnType<typeof createAudit>

/**
 * Writes the audit log: lines with an `audit` field in the service's log, which record who did what, when and from where.
 * `npm run keys` writes those for keys that are created or revoked.
 */
export function createAudit(logger: Logger) {
  function rejected(reason: AuthFailureReason, subject: AuditSubject, origin: Origin): void {
    logger.warn({ audit: 'credentials.refused', reason, ...subject, ...origin }, 'credentials rejected')
  }

  function firstUsed(subject: AuditSubject, origin: Origin): void {
    logger.info({ audit: 'key.first_used', ...subject, ...origin }, 'key used for the first time')
  }

  /** The request continues: only the time of first use is missing. */
  function firstUseNotRecorded(subject: AuditSubject, err: unknown): void {
    logger.warn(
      { operation: 'audit', ...subject, err },
      'the first use of a key could not be recorded; it will be tried again',
    )
  }

  /** A caller changed a webhook endpoint. Of its URL only the host is logged: the path of many receivers is a secret. */
  function endpointChanged(
    what: 'created' | 'changed' | 'deleted' | 'secret_rotated',
    request: FastifyRequest,
    { endpointId, url }: Pick<WebhookEndpoint, 'endpointId' | 'url'>,
    details: { changes?: string[] } = {},
  ): void {
    const { id: principal, tenant } = request.principal
    const { host } = new URL(url)
    const line = { audit: `endpoint.${what}`, principal, tenant, endpointId, host, ...details }
    logger.info({ ...line, ...originOf(request) }, `webhook endpoint ${what.replace('_', ' ')}`)
  }

  return { rejected, firstUsed, firstUseNotRecorded, endpointChanged }
}
