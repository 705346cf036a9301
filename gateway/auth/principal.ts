import type { Scope } from '../../core/api-keys/api-key.ts'

/** Who asks, as far as it is proven. */
export interface Principal {
  /** Names the key or the token's subject, in logs and for limits. */
  id: string
  /** Whose images are meant: nobody can name another tenant in a request. */
  tenant: string
  scopes: readonly Scope[]
  requestsPerMinute: number
}
