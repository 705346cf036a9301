import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import t from 'tap'
import { createTestApp, sha256, withKey } from '../../../scripts/testkit/create-test-app.ts'
import { securityHeaders } from '../../plugins/security-headers.ts'

const everywhere = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': /max-age=\d{8}/,
  'x-frame-options': /SAMEORIGIN|DENY/,
}

t.test('no response can run scripts, be framed or be sniffed, errors included', async (t) => {
  const { app } = await createTestApp(t)
  for (const url of [`/v1/images/${sha256}`, '/nothing', '/healthz']) {
    const { headers } = await app.inject({ url, headers: withKey })
    t.match(headers, { ...everywhere, 'content-security-policy': /default-src 'none'/ }, url)
  }
})

t.test('responses about one caller are not cached', async (t) => {
  const { app } = await createTestApp(t)
  t.equal(
    (await app.inject({ url: `/v1/images/${sha256}`, headers: withKey })).headers['cache-control'],
    'no-store',
  )
})

t.test('the Swagger page runs only its own scripts and works without HTTPS', async (t) => {
  const { app } = await createTestApp(t)
  const { statusCode, headers } = await app.inject('/docs/')
  t.equal(statusCode, 200)
  t.match(headers, { ...everywhere, 'content-security-policy': /script-src 'self'/ })
  t.notMatch(headers['content-security-policy'], /upgrade-insecure-requests|script-src[^;]*unsafe/)
})

t.test('the headers equal those of helmet', async (t) => {
  const ours = Fastify()
  await ours.register(securityHeaders)
  const reference = Fastify()
  await reference.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  const [own, expected] = await Promise.all(
    [ours, reference].map(async (app) => {
      app.get('/', async () => 'body')
      const { date, ...headers } = (await app.inject('/')).headers
      return headers
    }),
  )
  t.strictSame(own, expected)
})
