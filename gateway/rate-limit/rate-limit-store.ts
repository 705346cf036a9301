import LocalStore from '@fastify/rate-limit/store/LocalStore.js'
import RedisStore from '@fastify/rate-limit/store/RedisStore.js'
import type { Redis } from 'ioredis'
import type { Logger } from '../../core/telemetry/logger.ts'

type Done = (error: Error | null, result?: { current: number; ttl: number }) => void
type Ask = (key: string, done: Done, timeWindowMs: number, max: number) => void

interface Counter {
  /** Increments the count. */
  incr: Ask
  /** Returns the count without incrementing it. */
  read: Ask
}

/** How long Redis is not used after a failure. */
const pauseMs = 1_000
const keyPrefix = 'hashgate-rate:'

/** Counts requests in this process. */
export const localRateLimitStore = () => toStore(openLocal())

/**
 * Counts requests in Redis for all gateways together. While Redis is unavailable, each gateway counts and limits on its own.
 */
export function sharedRateLimitStore(redis: Redis, logger: Logger) {
  const shared = new RedisStore(false, false, redis, keyPrefix)
  const local = openLocal()
  let unavailableUntilMs = 0

  function noteFailure(err: Error): void {
    if (unavailableUntilMs === 0)
      logger.warn(
        { operation: 'limit', err },
        'Redis is unavailable; this gateway counts requests on its own',
      )
    unavailableUntilMs = Date.now() + pauseMs
  }

  function noteSuccess(): void {
    if (unavailableUntilMs > 0) logger.info({ operation: 'limit' }, 'Redis is available again')
    unavailableUntilMs = 0
  }

  /** After the pause a single request probes Redis, so that the others do not wait for it. */
  function isUnavailable(): boolean {
    if (unavailableUntilMs === 0) return false
    if (unavailableUntilMs > Date.now()) return true
    unavailableUntilMs = Date.now() + pauseMs
    return false
  }

  const ask =
    (method: keyof Counter): Ask =>
    (key, done, timeWindowMs, max) => {
      if (isUnavailable()) return local[method](key, done, timeWindowMs, max)
      const decide: Done = (error, result) => {
        if (error) {
          noteFailure(error)
          local[method](key, done, timeWindowMs, max)
        } else {
          noteSuccess()
          done(null, result)
        }
      }
      shared[method](key, decide, timeWindowMs, max)
    }

  return toStore({ incr: ask('incr'), read: ask('read') })
}

export type RateLimitStore = ReturnType<typeof toStore>

/** One store serves addresses and principals; their keys differ. */
function toStore(counter: Counter) {
  return class Store {
    incr = counter.incr
    read = counter.read
    child(): this {
      return this
    }
  }
}

/** Copies the results of the package's store, which returns its mutable counter. */
function openLocal(): Counter {
  const local = new LocalStore(false, false)
  const copied =
    (method: keyof Counter): Ask =>
    (key, done, timeWindowMs, max) =>
      local[method](key, (error, result) => done(error, result && { ...result }), timeWindowMs, max)
  return { incr: copied('incr'), read: copied('read') }
}
