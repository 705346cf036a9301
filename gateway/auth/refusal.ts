import { Problem } from '../http/problems.ts'
import type { AuditSubject, RefusalReason } from './audit.ts'

/** Said only to those who have shown the secret, or a token with a good signature. */
const details: Partial<Record<RefusalReason, string>> = {
  expired: 'It has expired.',
  revoked: 'It has been revoked.',
}

/** Credentials that are not accepted: 401. What else is wrong with them is for the audit log alone. */
export class Refusal extends Problem {
  readonly reason: RefusalReason
  readonly subject: AuditSubject

  constructor(reason: RefusalReason, subject: AuditSubject = {}, cause?: unknown) {
    super('UNAUTHENTICATED', { detail: details[reason], cause })
    this.reason = reason
    this.subject = subject
  }
}
