import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** What browsers are told about every answer. The page at `/docs` has a policy of its own. */
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
