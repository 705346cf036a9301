import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto'
import { AuthenticationError } from './authentication-error.ts'
import type { Principal } from './principal.ts'

/** Unlike `hg_`, which begins an API key. */
const prefix = 'hgr_'
const form = /^hgr_([a-z0-9-]{1,63})\.(\d{10,11})\.([\w-]{43})$/
const lifetimeSeconds = 3_600
/** Requests per minute, enough to poll an image without `wait`. */
const requestsPerMinute = 120

export type ReadTokens = ReturnType<typeof createReadTokens>

export const isReadToken = (bearer: string | undefined) => bearer?.startsWith(prefix) === true

/**
 * Creates and verifies tokens that permit reading one image of one tenant for an hour: `hgr_‹tenant›.‹expiry›.‹HMAC›`.
 * @param secret shared by all gateways
 * @param now epoch milliseconds
 */
export function createReadTokens(secret: string, now: () => number) {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'hashgate read token', 32)))

  function sign(tenant: string, imageId: string, expiry: string): string {
    return createHmac('sha256', key).update(`${tenant}/${imageId}/${expiry}`).digest('base64url')
  }

  function issue(tenant: string, imageId: string): string {
    const expiry = String(Math.floor(now() / 1_000) + lifetimeSeconds)
    return `${prefix}${tenant}.${expiry}.${sign(tenant, imageId, expiry)}`
  }

  /** @throws AuthenticationError when the token is not one for this image, or has expired */
  function verify(token: string, imageId: string): Principal {
    const [, tenant = '', expiry = '', mac = ''] = form.exec(token) ?? []
    if (!mac) throw new AuthenticationError('malformed')
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(sign(tenant, imageId, expiry)))) {
      throw new AuthenticationError('invalid_token')
    }
    const id = `read-token:${tenant}:${imageId}`
    if (Number(expiry) * 1_000 <= now()) throw new AuthenticationError('expired', { principal: id, tenant })
    return { id, tenant, scopes: ['read'], requestsPerMinute }
  }

  return { issue, verify }
}
