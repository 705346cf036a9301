import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { TokenSettings } from './token-settings.ts'

type IssuerSettings = Pick<TokenSettings, 'JWT_ISSUER' | 'JWT_JWKS_URL'>

const timeoutMs = 3_000
/** A key that the issuer has withdrawn works no longer than this. */
const keysLifetimeMs = 600_000

/**
 * The public keys of the issuer, read when they are first needed, and again when a token names one that is not known:
 * keys are rotated without a restart.
 * @param cooldownMs pause before a key that is not known is asked for again: not every guess is a question
 */
export function openIssuerKeys(settings: IssuerSettings, { cooldownMs = 10_000 } = {}): JWTVerifyGetKey {
  let found: Promise<JWTVerifyGetKey> | undefined

  function find(): Promise<JWTVerifyGetKey> {
    found ??= openKeySet(settings, cooldownMs)
    // An issuer that was away is asked again.
    found.catch(() => {
      found = undefined
    })
    return found
  }

  return async (header, token) => (await find())(header, token)
}

async function openKeySet(
  { JWT_ISSUER, JWT_JWKS_URL }: IssuerSettings,
  cooldownMs: number,
): Promise<JWTVerifyGetKey> {
  const url = JWT_JWKS_URL || (await discoverKeySet(JWT_ISSUER))
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: keysLifetimeMs,
  })
}

/** Source: OpenID Connect Discovery 1.0, section 4. */
async function discoverKeySet(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
  const document = response.ok ? await response.json() : {}
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
    throw new errors.JOSEError(`${url} does not describe the issuer`)
  }
  return document.jwks_uri
}
