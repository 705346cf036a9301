import type { Logger } from '../../core/telemetry/logger.ts'

/** Why a key or a token was not accepted. */
export type RefusalReason =
  | 'missing'
  | 'malformed'
  | 'unknown'
  | 'wrong_secret'
  | 'expired'
  | 'revoked'
  | 'invalid_token'
  | 'scope_missing'

/** Where a request came from. */
export interface Origin {
  ip: string
  requestId: string
}

/** What an audit line says about who it was, as far as that is known. */
export interface AuditSubject {
  /** Id of a key, or subject of a token. */
  principal?: string
  tenant?: string
}

export type Audit = ReturnType<typeof createAudit>

/**
 * The audit log: lines with an `audit` field among the others, for who, what, when and from where. Keys that are made or
 * revoked have theirs from `npm run keys`.
 */
export function createAudit(logger: Logger) {
  function refused(reason: RefusalReason, subject: AuditSubject, origin: Origin): void {
    logger.warn({ audit: 'credentials.refused', reason, ...subject, ...origin }, 'credentials refused')
  }

  function firstUsed(subject: AuditSubject, origin: Origin): void {
    logger.info({ audit: 'key.first_used', ...subject, ...origin }, 'key used for the first time')
  }

  /** The use itself goes on. */
  function unnoted(subject: AuditSubject, err: unknown): void {
    logger.warn({ operation: 'audit', ...subject, err }, 'the first use of a key could not be noted')
  }

  return { refused, firstUsed, unnoted }
}
