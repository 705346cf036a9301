import { randomBytes } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import type { Test } from 'tap'
import { type ApiKey, scopes } from '../../../core/api-keys/api-key.ts'
import { startIssuer } from '../auth/start-issuer.ts'
import type { Route } from './guarded-routes.ts'
import type { Isolated } from './start-isolated.ts'

export const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

interface BadCredentials {
  status: number
  code: string
  headers: (route: Route) => Record<string, string>
}

/** All ways in which authentication or authorization can fail. */
export async function makeBadCredentials(
  t: Test,
  { keys, issuer }: Isolated,
): Promise<Record<string, BadCredentials>> {
  const nowMs = Date.now()
  const exp = Math.floor(nowMs / 1_000) + 300
  const claims = { iss: issuer.issuer, aud: 'hashgate', exp, tenant: 'owner', scope: scopes.join(' ') }
  const foreign = await startIssuer(t)
  const sign = (said: object, seconds?: number) => issuer.sign({ ...claims, ...said }, nowMs, seconds)
  const unauthenticated = (headers: Record<string, string>): BadCredentials => ({
    status: 401,
    code: 'UNAUTHENTICATED',
    headers: () => headers,
  })
  const lackingScope = (headers: (scope: ApiKey['scopes']) => Record<string, string>): BadCredentials => ({
    status: 403,
    code: 'SCOPE_MISSING',
    headers: (route) => headers(scopes.filter((scope) => scope !== route.scope)),
  })
  const tokens = new Map<string, string>()
  for (const scope of scopes) {
    tokens.set(scope, await sign({ scope: scopes.filter((other) => other !== scope).join(' ') }))
  }
  const hmac = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' })
  const known = keys.make().record.keyId
  return {
    'no key': unauthenticated({}),
    'an empty key': unauthenticated({ 'x-api-key': '' }),
    'basic authentication': unauthenticated({ authorization: 'Basic b3duZXI6b3duZXI=' }),
    'an unknown key': unauthenticated(bearer(`hg_0123456789ab_${'0'.repeat(48)}`)),
    'a wrong secret': unauthenticated({ 'x-api-key': `hg_${known}_${'0'.repeat(48)}` }),
    'a revoked key': unauthenticated(bearer(keys.make({ revokedAt: '2026-01-01T00:00:00.000Z' }).text)),
    'an expired key': unauthenticated(bearer(keys.make({ expiresAt: '2026-01-01T00:00:00.000Z' }).text)),
    'a key without the scope': lackingScope((rest) => bearer(keys.make({ scopes: rest }).text)),
    'a key without any scope': lackingScope(() => bearer(keys.make({ scopes: [] }).text)),
    'an expired token': unauthenticated(bearer(await sign({ exp: exp - 1_000 }))),
    'a token for another audience': unauthenticated(bearer(await sign({ aud: 'another' }))),
    'a token of another issuer': unauthenticated(bearer(await foreign.sign(claims, nowMs))),
    'a token without a tenant': unauthenticated(bearer(await sign({ tenant: undefined }))),
    'a token with alg none': unauthenticated(bearer(new UnsecuredJWT(claims).encode())),
    'a token signed with a secret': unauthenticated(bearer(await hmac.sign(randomBytes(32)))),
    'a token as x-api-key': unauthenticated({ 'x-api-key': await sign({}) }),
    'a token without the scope': {
      status: 403,
      code: 'SCOPE_MISSING',
      headers: ({ scope }) => bearer(tokens.get(scope) ?? ''),
    },
  }
}
