import { Problem } from '../http/problems.ts'
import type { AuditSubject, AuthFailureReason } from './audit.ts'

/** Shown only to callers that presented the right secret, or a token with a valid signature. */
const details: Partial<Record<AuthFailureReason, string>> = {
  expired: 'It has expired.',
  revoked: 'It has been revoked.',
}

/** Rejected credentials; the response is 401. Other reasons appear in the audit log only, because they would help to guess keys. */
export class AuthenticationError extends Problem {
  readonly reason: AuthFailureReason
  readonly subject: AuditSubject

  constructor(reason: AuthFailureReason, subject: AuditSubject = {}, cause?: unknown) {
    super('UNAUTHENTICATED', { detail: details[reason], cause })
    this.reason = reason
    this.subject = subject
  }
}
