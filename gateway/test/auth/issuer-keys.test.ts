import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { isIssuerFailure, openIssuerKeys } from '../../auth/issuer-keys.ts'

/** Starts an issuer that answers discovery with this document. */
async function startDiscovery(t: Test, describe: (issuer: string) => object) {
  const requested: (string | undefined)[] = []
  const server = createServer((request, response) => {
    requested.push(request.url)
    const isDiscovery = request.url === '/.well-known/openid-configuration'
    response.end(JSON.stringify(isDiscovery ? describe(issuer) : { keys: [] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { issuer, requested }
}

const getKey = async (settings: { JWT_ISSUER: string; JWT_JWKS_URL: string }) =>
  openIssuerKeys(settings)({ alg: 'RS256', kid: 'a' }, { payload: '', signature: '' })

t.test('keys are found through discovery, also for an issuer with a trailing slash', async (t) => {
  for (const suffix of ['', '/']) {
    const { issuer, requested } = await startDiscovery(t, (issuer) => ({
      issuer: `${issuer}${suffix}`,
      jwks_uri: `${issuer}/keys`,
    }))
    const failure = getKey({ JWT_ISSUER: `${issuer}${suffix}`, JWT_JWKS_URL: '' })
    await t.rejects(failure, { code: 'ERR_JWKS_NO_MATCHING_KEY' })
    t.strictSame(requested, ['/.well-known/openid-configuration', '/keys'])
  }
})

t.test('JWT_JWKS_URL replaces discovery', async (t) => {
  const { issuer, requested } = await startDiscovery(t, () => ({}))
  const failure = getKey({ JWT_ISSUER: 'unused', JWT_JWKS_URL: `${issuer}/keys` })
  await t.rejects(failure, { code: 'ERR_JWKS_NO_MATCHING_KEY' })
  t.strictSame(requested, ['/keys'])
})

const documents: Record<string, (issuer: string) => object> = {
  'another issuer': (issuer) => ({ issuer: 'https://example.com', jwks_uri: `${issuer}/keys` }),
  'no key set': (issuer) => ({ issuer }),
}
for (const [name, describe] of Object.entries(documents)) {
  t.test(`a discovery document with ${name} is a failure of the issuer`, async (t) => {
    const { issuer, requested } = await startDiscovery(t, describe)
    const error = await getKey({ JWT_ISSUER: issuer, JWT_JWKS_URL: '' }).catch((error: Error) => error)
    t.match(error, { message: `${issuer}/.well-known/openid-configuration does not describe the issuer` })
    t.ok(isIssuerFailure(error))
    t.strictSame(requested, ['/.well-known/openid-configuration'])
  })
}
