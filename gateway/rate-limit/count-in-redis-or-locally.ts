import type { Redis } from 'ioredis'
import type { Logger } from '../../core/telemetry/logger.ts'
import { type Count, countInRedis, type RateLimitCounters } from './rate-limit-counters.ts'

/** Pause in the use of Redis after a failure. */
const pauseMs = 1_000

/**
 * Counts requests in Redis for all gateways together. While Redis is unavailable, each gateway counts and limits on its own.
 * @param local the counters used then
 * @param now epoch milliseconds
 */
export function countInRedisOrLocally(
  redis: Redis,
  local: RateLimitCounters,
  logger: Logger,
  now = Date.now,
): RateLimitCounters {
  const shared = countInRedis(redis)
  let unavailableUntilMs = 0

  function noteFailure(err: Error): void {
    if (unavailableUntilMs === 0)
      logger.warn(
        { operation: 'limit', err },
        'Redis is unavailable; this gateway counts requests on its own',
      )
    unavailableUntilMs = now() + pauseMs
  }

  function noteSuccess(): void {
    if (unavailableUntilMs > 0) logger.info({ operation: 'limit' }, 'Redis is available again')
    unavailableUntilMs = 0
  }

  /** After the pause a single request probes Redis, so that the others do not wait for it. */
  function isUnavailable(): boolean {
    if (unavailableUntilMs === 0) return false
    if (unavailableUntilMs > now()) return true
    unavailableUntilMs = now() + pauseMs
    return false
  }

  function withFallback<T, Extra extends unknown[]>(
    inRedis: Count<T, Extra>,
    here: Count<T, Extra>,
  ): Count<T, Extra> {
    return (key, done, ...limit) => {
      if (isUnavailable()) return here(key, done, ...limit)
      inRedis(
        key,
        (error, result) => {
          if (error) {
            noteFailure(error)
            return here(key, done, ...limit)
          }
          noteSuccess()
          done(null, result)
        },
        ...limit,
      )
    }
  }

  return {
    countAddress: withFallback(shared.countAddress, local.countAddress),
    reserve: withFallback(shared.reserve, local.reserve),
  }
}
