import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { clientAddress } from '../http/client-address.ts'
import { Problem } from '../http/problems.ts'
import { countLocally, type RateLimitCounters, type Usage } from '../rate-limit/rate-limit-counters.ts'

interface LimitOptions {
  RATE_LIMIT_PER_MINUTE: number
  /** In this process by default. */
  counters?: RateLimitCounters
}

const timeWindow = 60_000

type Done = (error?: Error) => void

/**
 * Limits requests twice: by client address before anything else, so that guessing keys is limited, and by key or token, with its
 * own rate, once the caller is known. The stores are those of @fastify/rate-limit; its hook takes four promises per request and
 * cannot count several requests in one step.
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

  function countAddress(request: FastifyRequest, reply: FastifyReply, done: Done): void {
    const max = RATE_LIMIT_PER_MINUTE
    counters.countAddress(
      networks.memo(clientAddress(request)),
      (error, usage) => {
        if (!usage) return done(error ?? undefined)
        sendUsage(reply, max, usage)
        done(usage.current > max ? rateLimited(usage.ttl) : undefined)
      },
      timeWindow,
      max,
    )
  }

  function countRequests(request: FastifyRequest, reply: FastifyReply, times: number, done: Done): void {
    const { id, requestsPerMinute: max } = request.principal
    counters.reserve(
      id,
      (error, usage) => {
        if (!usage) return done(error ?? undefined)
        sendUsage(reply, max, usage)
        done(usage.isReserved ? undefined : rateLimited(usage.ttl))
      },
      timeWindow,
      max,
      times,
    )
  }

  app.decorate('countAddress', countAddress)
  app.decorate('countRequests', countRequests)
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.isProbe) done()
    else countAddress(request, reply, done)
  })
})

/** Source: IETF draft "RateLimit header fields for HTTP", version 6. */
function sendUsage(reply: FastifyReply, max: number, { current, ttl }: Usage): void {
  reply.header('ratelimit-limit', max)
  reply.header('ratelimit-remaining', Math.max(0, max - current))
  reply.header('ratelimit-reset', Math.ceil(ttl / 1000))
}

function rateLimited(ttlMs: number): Problem {
  return new Problem('RATE_LIMITED', { retryAfterSeconds: Math.max(1, Math.ceil(ttlMs / 1000)) })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route counts the items of its body, once it is parsed, instead of the request. */
    countsItems?: boolean
    /** The request counts as this many, or as all that the key may send in a minute; 1 by default. */
    countsAs?: number
  }
  interface FastifyInstance {
    /**
     * Counts a request against its client's address. A hook does this for all requests that reach the router.
     * @param done called with the Problem RATE_LIMITED when the address exceeds its rate
     */
    countAddress(request: FastifyRequest, reply: FastifyReply, done: Done): void
    /**
     * Counts `times` requests against the principal's rate, or none if they exceed it. 0 checks whether one more would fit.
     * @param done called with the Problem RATE_LIMITED if they exceed it
     */
    countRequests(request: FastifyRequest, reply: FastifyReply, times: number, done: Done): void
  }
}
