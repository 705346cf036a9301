import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt, exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import t, { type Test } from 'tap'
import { testConfig } from '../../../scripts/testkit/create-test-app.ts'
import { createIdentifyByToken } from '../../auth/identify-by-token.ts'
import { openIssuerKeys } from '../../auth/issuer-keys.ts'
import { startIssuer } from './start-issuer.ts'

/** The cooldown is measured with the clock of the machine, so its default must outlast a test. */
async function setUp(t: Test, said: Partial<typeof testConfig> = {}, cooldownMs = 3_600_000) {
  const provider = await startIssuer(t)
  const clock = { now: Date.now(), uptime: 0 }
  const settings = { ...testConfig, JWT_ISSUER: provider.issuer, JWT_AUDIENCE: 'hashgate', ...said }
  const identify = createIdentifyByToken(settings, {
    keys: openIssuerKeys(settings, { cooldownMs, uptime: () => clock.uptime }),
    now: () => clock.now,
  })
  return { ...provider, clock, identify }
}

const refused = { code: 'UNAUTHENTICATED', status: 401, reason: 'invalid_token' }

t.test("an issuer's token identifies the caller", async (t) => {
  const { sign, clock, identify, issuer, state } = await setUp(t)
  const token = await sign({ tenant: 'acme', scope: 'openid upload read' }, clock.now)
  t.strictSame(await identify(token), {
    id: 'token:acme:someone',
    tenant: 'acme',
    scopes: ['upload', 'read'],
    requestsPerMinute: testConfig.JWT_RATE_PER_MINUTE,
  })
  for (let index = 0; index < 20; index += 1) await identify(token)
  t.equal(state.asked, 2, `${issuer}: one request for the discovery document and one for the keys`)
})

t.test('claim names come from the settings, and scopes can be a list', async (t) => {
  const JWT_TENANT_CLAIM = 'https://example.com/tenant'
  const { sign, clock, identify } = await setUp(t, { JWT_TENANT_CLAIM, JWT_SCOPES_CLAIM: 'permissions' })
  const claims = { [JWT_TENANT_CLAIM]: 'acme', permissions: ['read', 'other'], tenant: 'not-me' }
  t.match(await identify(await sign(claims, clock.now)), { tenant: 'acme', scopes: ['read'] })
  t.match(await identify(await sign({ [JWT_TENANT_CLAIM]: 'acme' }, clock.now)), { scopes: [] })
})

t.test('any other token is rejected', async (t) => {
  const { sign, clock, identify, issuer, publicKey } = await setUp(t)
  const good = { tenant: 'acme', scope: 'read' }
  const foreign = await startIssuer(t)
  const claims = { iss: issuer, aud: 'hashgate', sub: 'someone', ...good }
  const seconds = Math.floor(clock.now / 1_000)
  const publicPem = new TextEncoder().encode(await exportSPKI(publicKey))
  const [head, body, signature = ''] = (await sign(good, clock.now)).split('.')
  const tokens: Record<string, string> = {
    'another audience': await sign({ ...good, aud: 'another' }, clock.now),
    'another issuer': await sign({ ...good, iss: 'https://example.com' }, clock.now),
    'signed by another issuer': await foreign.sign({ ...good, iss: issuer }, clock.now),
    'alg none': new UnsecuredJWT({ ...claims, exp: seconds + 300 }).encode(),
    'HMAC with the public key': await new SignJWT({ ...claims, exp: seconds + 300 })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(publicPem),
    'a changed body': [head, Buffer.from('{"tenant":"acme"}').toString('base64url'), signature].join('.'),
    'a changed signature': [head, body, `A${signature.slice(1, -2)}AA`].join('.'),
    'not valid yet': await sign({ ...good, nbf: seconds + 3_600 }, clock.now),
    'no end': await sign({ ...good, exp: undefined }, clock.now),
    'no tenant': await sign({ scope: 'read' }, clock.now),
    'a tenant that leaves its prefix': await sign({ ...good, tenant: '../acme' }, clock.now),
    'a reserved name as tenant': await sign({ ...good, tenant: 'manifests' }, clock.now),
    'no token at all': 'x',
    'three empty parts': '..',
  }
  for (const [name, token] of Object.entries(tokens)) await t.rejects(identify(token), refused, name)
})

t.test('a token is rejected when it has expired, after the leeway', async (t) => {
  const { sign, clock, identify } = await setUp(t)
  const good = { tenant: 'acme', scope: 'read' }
  const token = await sign(good, clock.now, 60)
  clock.now += 89_000
  t.match(await identify(token), { tenant: 'acme' }, 'within 30 seconds of leeway')
  clock.now += 3_000
  await t.rejects(identify(token), { ...refused, reason: 'expired', detail: /expired/ })
})

t.test('keys are rotated without a restart', async (t) => {
  const { rotate, sign, clock, identify } = await setUp(t, {}, 0)
  const good = { tenant: 'acme' }
  await identify(await sign(good, clock.now))
  const next = await rotate('second')
  t.match(await identify(await next.sign(good, clock.now)), { tenant: 'acme' }, 'the new one')
  t.match(await identify(await sign(good, clock.now)), { tenant: 'acme' }, 'the first key still works')
})

t.test('an unavailable issuer is not a rejection, and the next request tries again', async (t) => {
  const { sign, clock, identify, state } = await setUp(t, {}, 0)
  const token = await sign({ tenant: 'acme' }, clock.now)
  state.isAway = true
  await t.rejects(identify(token), { name: 'DependencyUnavailable' })
  state.isAway = false
  t.match(await identify(token), { tenant: 'acme' })
})

t.test('keys without key ids are distinguished by their signatures', async (t) => {
  const { rotate, clock, identify, sign } = await setUp(t, {}, 0)
  const [one, two] = [await rotate(), await rotate()]
  const good = { tenant: 'acme' }
  for (const key of [one, two]) t.match(await identify(await key.sign(good, clock.now)), { tenant: 'acme' })
  const foreign = await (await startIssuer(t)).rotate()
  const { iss } = decodeJwt(await sign(good, clock.now))
  await t.rejects(identify(await foreign.sign({ ...good, iss }, clock.now)), refused)
  await t.rejects(identify(await two.sign({ ...good, aud: 'another' }, clock.now)), refused)
})

const guess = (kid: string) => {
  const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid })).toString('base64url')
  return `${head}.e30.AAAA`
}

t.test(
  'a failing issuer gets no further requests during the cooldown, whichever tokens arrive',
  async (t) => {
    const { clock, identify, state } = await setUp(t)
    state.isAway = true
    const unavailable = { name: 'DependencyUnavailable' }
    for (let index = 0; index < 20; index += 1)
      await t.rejects(identify(guess(`guess-${index}`)), unavailable)
    t.equal(state.asked, 1, 'before its keys are cached')

    const known = await setUp(t, {}, 1_000)
    const token = await known.sign({ tenant: 'acme' }, clock.now)
    await known.identify(token)
    const { asked } = known.state
    known.state.isAway = true
    await sleep(1_010)
    await t.rejects(known.identify(guess('first guess')), unavailable)
    await t.rejects(known.identify(guess('second guess')), refused, 'verified with the cached keys')
    t.match(await known.identify(token), { tenant: 'acme' }, 'valid tokens are still accepted')
    t.equal(known.state.asked, asked + 1)
    known.state.isAway = false
    const { sign } = await known.rotate('next')
    known.clock.uptime += 1_001
    t.match(
      await known.identify(await sign({ tenant: 'acme' }, clock.now)),
      { tenant: 'acme' },
      'the issuer is available again',
    )
  },
)

t.test('guessed key ids cause no requests to the issuer', async (t) => {
  const { clock, identify, state, sign } = await setUp(t)
  await identify(await sign({ tenant: 'acme' }, clock.now))
  const { asked } = state
  for (let index = 0; index < 50; index += 1) await t.rejects(identify(guess(`guess-${index}`)), refused)
  t.equal(state.asked, asked)
})

t.test('keys with a configured URL need no discovery', async (t) => {
  const provider = await startIssuer(t)
  const settings = {
    ...testConfig,
    JWT_ISSUER: provider.issuer,
    JWT_AUDIENCE: 'hashgate',
    JWT_JWKS_URL: `${provider.issuer}/keys`,
  }
  const identify = createIdentifyByToken(settings, { keys: openIssuerKeys(settings), now: Date.now })
  t.match(await identify(await provider.sign({ tenant: 'acme' }, Date.now())), { tenant: 'acme' })
  t.equal(provider.state.asked, 1)
})
