import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../core/errors.ts'
import type { RateLimitStore } from '../rate-limit-store.ts'

interface LimitOptions {
  RATE_LIMIT_PER_MINUTE: number
  /** In this process, unless one is given. */
  store?: RateLimitStore
}

const timeWindow = 60_000

/**
 * Counts requests twice: by the sender's address before anything else is done, so that guessing keys is limited, and by
 * the key or token, with a rate of its own, once it is known.
 */
export const limitRate = fp(async function limitRate(
  app: FastifyInstance,
  { RATE_LIMIT_PER_MINUTE, store }: LimitOptions,
) {
  await app.register(rateLimit, {
    max: RATE_LIMIT_PER_MINUTE,
    timeWindow,
    store,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) => rateLimited(ttl),
  })
  const countOnce = app.createRateLimit({
    timeWindow,
    keyGenerator: ({ principal }: FastifyRequest) => principal.id,
    max: ({ principal }: FastifyRequest) => principal.requestsPerMinute,
  })

  app.decorate('countRequests', async (request: FastifyRequest, reply: FastifyReply, times = 1) => {
    const counts = await Promise.all(Array.from({ length: times }, () => countOnce(request)))
    const last = counts.at(-1)
    if (!last || last.isAllowed) return
    reply.header('ratelimit-limit', last.max)
    reply.header('ratelimit-remaining', last.remaining)
    reply.header('ratelimit-reset', last.ttlInSeconds)
    if (last.isExceeded) throw rateLimited(last.ttl)
  })
})

function rateLimited(ttlMs: number): Problem {
  return new Problem('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(ttlMs / 1000)) })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts against the principal's rate. @throws Problem RATE_LIMITED */
    countRequests(request: FastifyRequest, reply: FastifyReply, times?: number): Promise<void>
  }
}
