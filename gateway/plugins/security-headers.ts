import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** The headers that `@fastify/helmet` sets with this policy; a test compares them. */
export const staticHeaders = {
  // Responses are data: they may not run scripts, load resources or be framed.
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  // CORS controls which pages may read a response.
  'cross-origin-resource-policy': 'cross-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

/** Sets security headers on every response. The page at `/docs` has its own content security policy. */
export const securityHeaders = fp(async function securityHeaders(app: FastifyInstance) {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(staticHeaders)
    done()
  })
})
