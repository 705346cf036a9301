import { scopes } from '../../core/api-keys/api-key.ts'
import type { Origin } from './audit.ts'
import { AuthenticationError } from './authentication-error.ts'
import type { Principal } from './principal.ts'

/** The credentials of a request: `Authorization: Bearer …` or `x-api-key`. */
export interface Credentials {
  bearer?: string
  apiKey?: string
}

/** @throws AuthenticationError, or DependencyUnavailable (a retry can help) */
export type Identify = (credentials: Credentials, origin: Origin) => Promise<Principal>

type IdentifyOne = (text: string, origin: Origin) => Promise<Principal>

/** Authenticates with the configured methods: text that starts like a key is a key, anything else is a token. */
export function identifyByAny(ways: { byKey?: IdentifyOne; byToken?: IdentifyOne }): Identify {
  return async ({ bearer, apiKey }, origin) => {
    const text = bearer ?? apiKey
    if (!text) throw new AuthenticationError('missing')
    const isToken = ways.byToken && bearer !== undefined && !bearer.startsWith('hg_')
    const identify = isToken ? ways.byToken : ways.byKey
    if (!identify) throw new AuthenticationError('malformed')
    return identify(text, origin)
  }
}

/** For `AUTH=none`: every caller is the tenant `local` with all scopes. */
export function identifyNobody(requestsPerMinute: number): Identify {
  const anonymous = { id: 'anonymous', tenant: 'local', scopes, requestsPerMinute }
  return async () => anonymous
}
