import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Test } from 'tap'

interface Claims extends JWTPayload {
  tenant?: string
}

/** An OpenID Connect provider with a discovery document and rotatable keys, which can be made unavailable. */
export async function startIssuer(t: Test, alg = 'RS256') {
  const state = { isAway: false, asked: 0 }
  const published: object[] = []
  const server = createServer((request, response) => {
    state.asked += 1
    if (state.isAway) response.statusCode = 503
    const isDiscovery = request.url === '/.well-known/openid-configuration'
    const body = isDiscovery ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: published }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  /** Begins to sign with a new key. @param kid its name, if it has one */
  async function rotate(kid?: string) {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    published.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' })
    const sign = (claims: Claims, nowMs: number, secondsToLive = 300) => {
      const exp = Math.floor(nowMs / 1_000) + secondsToLive
      return new SignJWT({ iss: issuer, aud: 'hashgate', sub: 'someone', exp, ...claims })
        .setProtectedHeader({ alg, kid })
        .sign(privateKey)
    }
    return { sign, publicKey }
  }

  return { issuer, state, rotate, ...(await rotate('first')) }
}
