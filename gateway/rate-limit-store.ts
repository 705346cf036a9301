import LocalStore from '@fastify/rate-limit/store/LocalStore.js'
import RedisStore from '@fastify/rate-limit/store/RedisStore.js'
import type { Redis } from 'ioredis'
import type { Logger } from '../core/logger.ts'

type Count = (error: Error | null, result?: { current: number; ttl: number }) => void

/** Redis is not asked again for this long after it has failed: no request pays for its absence twice. */
const pauseMs = 1_000
const keyPrefix = 'hashgate-rate:'

/**
 * Counts in Redis, for all gateways together, and in this process while Redis is away: limits are then each gateway's
 * own, but they are there, and nothing waits.
 */
export function sharedRateLimitStore(redis: Redis, logger: Logger) {
  const shared = new RedisStore(false, false, redis, keyPrefix)
  const local = new LocalStore(false, false)
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

  function count(key: string, done: Count, timeWindowMs: number, max: number): void {
    if (awayUntilMs > Date.now()) {
      local.incr(key, done, timeWindowMs, max)
      return
    }
    const decide: Count = (error, result) => {
      if (error) {
        noteFailure(error)
        local.incr(key, done, timeWindowMs, max)
      } else {
        noteSuccess()
        done(null, result)
      }
    }
    shared.incr(key, decide, timeWindowMs, max)
  }

  return class SharedStore {
    incr = count
    /** One for addresses and principals: their keys say what they count. */
    child(): this {
      return this
    }
  }
}

export type RateLimitStore = ReturnType<typeof sharedRateLimitStore>
