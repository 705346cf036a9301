import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { clientAddress } from '../http/client-address.ts'
import { Problem } from '../http/problems.ts'
import { countLocally, type RateLimitCounters } from '../rate-limit/rate-limit-counters.ts'

interface LimitOptions {
  RATE_LIMIT_PER_MINUTE: number
  /** In this process by default. */
  counters?: RateLimitCounters
}

const timeWindow = 60_000

type Done = (error?: Error) => void

/**
 * Limits requests twice: by client address before anything else, so that guessing keys is limited, and by key or token, with its
 * own rate, once the caller is known. @fastify/rate-limit does the first; it has no way to count several requests in one step.
 */
export const rateLimitPlugin = fp(async function rateLimitPlugin(
  app: FastifyInstance,
  { RATE_LIMIT_PER_MINUTE, counters = countLocally() }: LimitOptions,
) {
  // Normalizing an IPv6 address takes about 25 µs.
  const networks = new LRUCache<string, string>({
    max: 10_000,
    memoMethod: (address) => normalizeIP(address),
  })

  await app.register(rateLimit, {
    max: RATE_LIMIT_PER_MINUTE,
    timeWindow,
    store: class {
      incr = counters.countAddress
      child(): this {
        return this
      }
    },
    keyGenerator: (request) => networks.memo(clientAddress(request)),
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) => rateLimited(ttl),
  })

  const countAddress = app.rateLimit()
  app.decorate('countAddress', async (request: FastifyRequest, reply: FastifyReply) => {
    await countAddress.call(app, request, reply)
  })
  // The hooks of routes do not run for unknown paths.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) await app.countAddress(request, reply)
  })

  app.decorate('countRequests', (request: FastifyRequest, reply: FastifyReply, times: number, done: Done) => {
    const { id, requestsPerMinute: max } = request.principal
    counters.reserve(
      id,
      (error, usage) => {
        if (!usage) return done(error ?? undefined)
        reply.header('ratelimit-limit', max)
        reply.header('ratelimit-remaining', Math.max(0, max - usage.current))
        reply.header('ratelimit-reset', Math.ceil(usage.ttl / 1000))
        done(usage.isReserved ? undefined : rateLimited(usage.ttl))
      },
      timeWindow,
      max,
      times,
    )
  })
})

function rateLimited(ttlMs: number): Problem {
  return new Problem('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(ttlMs / 1000)) })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route counts the items of its body, once it is parsed, instead of the request. */
    countsItems?: boolean
  }
  interface FastifyInstance {
    /** Counts a request against its client's address, once. @throws Problem RATE_LIMITED */
    countAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>
    /**
     * Counts `times` requests against the principal's rate, or none if they exceed it. 0 checks whether one more would fit.
     * @param done called with the Problem RATE_LIMITED if they exceed it
     */
    countRequests(request: FastifyRequest, reply: FastifyReply, times: number, done: Done): void
  }
}
