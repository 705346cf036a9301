import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import { parseJson } from '../../core/parse-json.ts'
import type { WatchedDependency } from '../../core/telemetry/watch-dependencies.ts'
import type { TokenSettings } from './token-settings.ts'

type IssuerSettings = Pick<TokenSettings, 'JWT_ISSUER' | 'JWT_JWKS_URL'>

const timeoutMs = 3_000
/** A key that the issuer has withdrawn works for at most this long. */
const keysLifetimeMs = 600_000

/** Codes of errors that the issuer caused, not the token: it is unreachable, or its response is invalid. */
const issuerFailures = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'])

export function isIssuerFailure(error: unknown): boolean {
  return !(error instanceof errors.JOSEError) || issuerFailures.has(error.code)
}

/**
 * The issuer's public keys. They are fetched when they are first needed, and again when a token names an unknown key, so that the
 * issuer can rotate its keys without a restart.
 * @param cooldownMs minimum time between two requests to the issuer, so that forged tokens do not cause one each
 */
export function openIssuerKeys(
  settings: IssuerSettings,
  { cooldownMs = 10_000, uptime = () => performance.now() } = {},
): JWTVerifyGetKey {
  let keySet: KeySet | undefined
  let opening: Promise<KeySet> | undefined
  let failure: { atMs: number; error: unknown } | undefined

  function open(): Promise<KeySet> {
    opening ??= openKeySet(settings, cooldownMs).finally(() => {
      opening = undefined
    })
    return opening
  }

  return async (header, token) => {
    if (failure && uptime() - failure.atMs < cooldownMs) {
      const cached = keySet?.fresh && keySet.jwks()
      if (!cached) throw failure.error
      return createLocalJWKSet(cached)(header, token)
    }
    try {
      keySet ??= await open()
      return await keySet(header, token)
    } catch (error) {
      if (isIssuerFailure(error)) failure = { atMs: uptime(), error }
      throw error
    }
  }
}

type KeySet = ReturnType<typeof createRemoteJWKSet>

async function openKeySet({ JWT_ISSUER, JWT_JWKS_URL }: IssuerSettings, cooldownMs: number): Promise<KeySet> {
  const url = JWT_JWKS_URL || (await discoverKeySet(JWT_ISSUER))
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: keysLifetimeMs,
  })
}

/** The start-up check of the issuer. */
export function watchIssuer(settings: IssuerSettings): WatchedDependency {
  return {
    title: 'The issuer of tokens',
    ping: async () => (await openKeySet(settings, 0)).reload(),
    advise: () => (settings.JWT_JWKS_URL ? 'Check JWT_JWKS_URL.' : 'Check JWT_ISSUER, or set JWT_JWKS_URL.'),
  }
}

/** Source: OpenID Connect Discovery 1.0, section 4. */
async function discoverKeySet(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
  const document = response.ok ? Object(parseJson(await response.text())) : {}
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
    throw new errors.JOSEError(`${url} does not describe the issuer`)
  }
  return document.jwks_uri
}
