import LocalStore from '@fastify/rate-limit/store/LocalStore.js'
import RedisStore from '@fastify/rate-limit/store/RedisStore.js'
import type { Redis } from 'ioredis'
import type { Logger } from '../../core/telemetry/logger.ts'

type Done = (error: Error | null, result?: { current: number; ttl: number }) => void
type Ask = (key: string, done: Done, timeWindowMs: number, max: number) => void

interface Counter {
  /** Counts one more. */
  incr: Ask
  /** Says how many there are. */
  read: Ask
}

/** Redis is not asked again for this long after it has failed. */
const pauseMs = 1_000
const keyPrefix = 'hashgate-rate:'

/** Counts in this process. */
export const localRateLimitStore = () => toStore(openLocal())

/**
 * Counts in Redis, for all gateways together, and in this process while Redis is away: limits are then each gateway's
 * own, but they are there.
 */
export function sharedRateLimitStore(redis: Redis, logger: Logger) {
  const shared = new RedisStore(false, false, redis, keyPrefix)
  const local = openLocal()
  let awayUntilMs = 0

  function noteFailure(err: Error): void {
    if (awayUntilMs === 0)
      logger.warn({ operation: 'limit', err }, 'Redis is away: each gateway counts alone')
    awayUntilMs = Date.now() + pauseMs
  }

  function noteSuccess(): void {
    if (awayUntilMs > 0) logger.info({ operation: 'limit' }, 'Redis is back')
    awayUntilMs = 0
  }

  /** After a pause one request finds out for all whether Redis is back: the others need not wait for it. */
  function isAway(): boolean {
    if (awayUntilMs === 0) return false
    if (awayUntilMs > Date.now()) return true
    awayUntilMs = Date.now() + pauseMs
    return false
  }

  const ask =
    (method: keyof Counter): Ask =>
    (key, done, timeWindowMs, max) => {
      if (isAway()) return local[method](key, done, timeWindowMs, max)
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

/** One for addresses and principals: their keys say what they count. */
function toStore(counter: Counter) {
  return class Store {
    incr = counter.incr
    read = counter.read
    child(): this {
      return this
    }
  }
}

/** The package's own hands out its counter itself, which has gone on when whoever asked looks at it. */
function openLocal(): Counter {
  const local = new LocalStore(false, false)
  const copied =
    (method: keyof Counter): Ask =>
    (key, done, timeWindowMs, max) =>
      local[method](key, (error, result) => done(error, result && { ...result }), timeWindowMs, max)
  return { incr: copied('incr'), read: copied('read') }
}
