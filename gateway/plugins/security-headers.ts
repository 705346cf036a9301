import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Sets security headers on every response. The page at `/docs` has its own content security policy. */
export const securityHeaders = fp(async function securityHeaders(app: FastifyInstance) {
  await app.register(helmet, {
    // Answers are data: nothing in them may run, load or be framed.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Who may read an answer from a page is said by CORS.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
})
