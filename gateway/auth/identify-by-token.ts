import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'
import { type Scope, scopes } from '../../core/api-keys/api-key.ts'
import { DependencyUnavailable } from '../../core/errors.ts'
import { tenantPattern } from '../../core/images/object-key.ts'
import { AuthenticationError } from './authentication-error.ts'
import { isIssuerFailure } from './issuer-keys.ts'
import type { Principal } from './principal.ts'
import type { TokenSettings } from './token-settings.ts'

interface IdentifyByTokenOptions {
  /** The issuer's public keys. */
  keys: JWTVerifyGetKey
  /** Epoch milliseconds. */
  now: () => number
}

const tenantForm = new RegExp(tenantPattern)

/** Authenticates callers by a JWT of the issuer. Sources: RFC 7519; RFC 8725 for what to check. */
export function createIdentifyByToken(settings: TokenSettings, { keys, now }: IdentifyByTokenOptions) {
  const expected = {
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
    algorithms: settings.JWT_ALGORITHMS.split(','),
    clockTolerance: settings.JWT_LEEWAY_SECONDS,
    requiredClaims: ['exp'],
  }

  async function verify(token: string): Promise<JWTPayload> {
    const options = { ...expected, currentDate: new Date(now()) }
    try {
      return (await jwtVerify(token, keys, options).catch((error) => tryEach(error, token, options))).payload
    } catch (error) {
      throw toAuthError(error)
    }
  }

  /** @throws AuthenticationError, DependencyUnavailable (a retry can help) when the issuer's keys cannot be fetched */
  return async function identifyByToken(token: string): Promise<Principal> {
    const claims = await verify(token)
    const tenant = claims[settings.JWT_TENANT_CLAIM]
    if (typeof tenant !== 'string' || !tenantForm.test(tenant)) {
      throw new AuthenticationError(
        'invalid_token',
        { principal: claims.sub },
        new Error('the token names no tenant'),
      )
    }
    return {
      id: `token:${tenant}:${claims.sub ?? ''}`,
      tenant,
      scopes: readScopes(claims[settings.JWT_SCOPES_CLAIM]),
      requestsPerMinute: settings.JWT_RATE_PER_MINUTE,
    }
  }
}

function toAuthError(error: unknown): Error {
  if (error instanceof errors.JWTExpired) {
    return new AuthenticationError('expired', { principal: error.payload.sub }, error)
  }
  if (isIssuerFailure(error)) return new DependencyUnavailable('issuer', error)
  return new AuthenticationError('invalid_token', {}, error as Error)
}

/** While an issuer without key ids rotates its keys, several keys match. */
async function tryEach(error: unknown, token: string, options: JWTVerifyOptions) {
  if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
  for await (const key of error) {
    try {
      return await jwtVerify(token, key, options)
    } catch (reason) {
      if (!(reason instanceof errors.JWSSignatureVerificationFailed)) throw reason
    }
  }
  throw new errors.JWSSignatureVerificationFailed()
}

/** A list, or space-separated words (RFC 8693, section 4.2). Scopes of other systems are ignored. */
function readScopes(claim: unknown): Scope[] {
  const words = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : []
  return scopes.filter((scope) => words.includes(scope))
}
