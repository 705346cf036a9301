import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../http/problems.ts'
import { localRateLimitStore, type RateLimitStore } from '../rate-limit/rate-limit-store.ts'

interface LimitOptions {
  RATE_LIMIT_PER_MINUTE: number
  /** In this process by default. */
  store?: RateLimitStore
}

const timeWindow = 60_000

/**
 * Limits requests twice: by client address before anything else, so that guessing keys is limited, and by key or token, with its
 * own rate, once the caller is known.
 */
export const rateLimitPlugin = fp(async function rateLimitPlugin(
  app: FastifyInstance,
  { RATE_LIMIT_PER_MINUTE, store = localRateLimitStore() }: LimitOptions,
) {
  await app.register(rateLimit, {
    max: RATE_LIMIT_PER_MINUTE,
    timeWindow,
    store,
    // A client that has disconnected no longer has an address.
    keyGenerator: ({ ip }) => (ip ? normalizeIP(ip) : 'disconnected'),
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) => rateLimited(ttl),
  })
  const countUnknownPath = app.rateLimit()
  // The hooks of routes do not run for unknown paths.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) await countUnknownPath.call(app, request, reply)
  })

  const count = app.createRateLimit({
    timeWindow,
    keyGenerator: ({ principal }: FastifyRequest) => principal.id,
    max: ({ principal }: FastifyRequest) => principal.requestsPerMinute,
  })

  app.decorate('countRequests', async (request: FastifyRequest, reply: FastifyReply, times = 1) => {
    if (times > 1) await rejectUnlessFits(request, times)
    const counts = await Promise.all(Array.from({ length: times }, () => count(request)))
    const last = counts.at(-1)
    if (!last || last.isAllowed) return
    reply.header('ratelimit-limit', last.max)
    reply.header('ratelimit-remaining', last.remaining)
    reply.header('ratelimit-reset', last.ttlInSeconds)
    if (last.isExceeded) throw rateLimited(last.ttl)
  })

  /** Rejects without counting. */
  async function rejectUnlessFits(request: FastifyRequest, times: number): Promise<void> {
    const now = await count(request, { increment: false })
    if (!now.isAllowed && now.remaining < times) throw rateLimited(now.ttl)
  }
})

function rateLimited(ttlMs: number): Problem {
  return new Problem('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(ttlMs / 1000)) })
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts `times` requests against the principal's rate, or none if they exceed it. @throws Problem RATE_LIMITED */
    countRequests(request: FastifyRequest, reply: FastifyReply, times?: number): Promise<void>
  }
}
