import type { Scope } from '../../core/api-keys/api-key.ts'

/** The authenticated caller. */
export interface Principal {
  /** Identifies the key or the token's subject, in logs and for limits. */
  id: string
  /** The tenant of the credentials. A request cannot name another one. */
  tenant: string
  scopes: readonly Scope[]
  requestsPerMinute: number
}
