import LocalStore from '@fastify/rate-limit/store/LocalStore.js'
import RedisStore from '@fastify/rate-limit/store/RedisStore.js'
import type { Redis } from 'ioredis'

/** The requests of one key in its current window. */
export interface Usage {
  /** Requests counted so far. */
  current: number
  /** Milliseconds until the window ends; 0 when none has begun. */
  ttl: number
}

export interface Reservation extends Usage {
  /** False when the requests would have exceeded the limit. None of them is counted then. */
  isReserved: boolean
}

type Done<T> = (error: Error | null, result?: T) => void

/** Calls back instead of returning a promise, because every request is counted twice. */
export type Count<T, Extra extends unknown[] = []> = (
  key: string,
  done: Done<T>,
  timeWindowMs: number,
  max: number,
  ...extra: Extra
) => void

/** Requests in fixed windows, per key. */
export interface RateLimitCounters {
  /** Counts one request of an address, also above the limit. The arguments are those that @fastify/rate-limit gives a store. */
  countAddress: Count<Usage>
  /**
   * Counts `times` requests of a principal in one step, or none if they exceed the limit. 0 counts nothing and checks whether
   * one more would fit. The counts are apart from those of addresses, so that very many addresses cannot displace them.
   */
  reserve: Count<Reservation, [times: number]>
}

/** Beyond this, the least recently used counter is evicted. A counter takes about 200 bytes. */
const maxKeys = 50_000
const ignore = () => {}

/** Counts in this process. */
export function countLocally(): RateLimitCounters {
  const addresses = new LocalStore(false, false, maxKeys)
  const principals = new LocalStore(false, false, maxKeys)

  const countAddress: RateLimitCounters['countAddress'] = (key, done, timeWindowMs, max) =>
    // Copied, because the package's store returns its mutable counter.
    addresses.incr(key, (error, usage) => done(error, usage && { ...usage }), timeWindowMs, max)

  /** The package's store calls back synchronously, so no other request runs between these calls. */
  const reserve: RateLimitCounters['reserve'] = (key, done, timeWindowMs, max, times) => {
    const decide: Done<Usage> = (_error, { current, ttl } = { current: 0, ttl: 0 }) => {
      const isReserved = current + Math.max(times, 1) <= max
      if (!isReserved || times === 0) return done(null, { current, ttl, isReserved })
      for (let counted = 1; counted < times; counted += 1) principals.incr(key, ignore, timeWindowMs, max)
      principals.incr(
        key,
        (error, usage) => done(error, usage && { current: usage.current, ttl: usage.ttl, isReserved }),
        timeWindowMs,
        max,
      )
    }
    principals.read(key, decide, timeWindowMs, max)
  }

  return { countAddress, reserve }
}

/** `reserve` as one step in Redis. */
const reserveScript = `
  local current = tonumber(redis.call('GET', KEYS[1]) or '0')
  local window, max, times = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local reserved = current + math.max(times, 1) <= max
  if reserved and times > 0 then
    current = redis.call('INCRBY', KEYS[1], times)
    if current == times then redis.call('PEXPIRE', KEYS[1], window) end
  end
  return {current, math.max(redis.call('PTTL', KEYS[1]), 0), reserved and 1 or 0}
`

interface RedisWithReserve extends Redis {
  hashgateReserve(
    key: string,
    timeWindowMs: number,
    max: number,
    times: number,
    done: (error: Error | null, result: [current: number, ttl: number, isReserved: 0 | 1]) => void,
  ): void
}

const keyPrefix = 'hashgate-rate:'

/** Counts in Redis, for all gateways together. */
export function countInRedis(redis: Redis): RateLimitCounters {
  const addresses = new RedisStore(false, false, redis, `${keyPrefix}address:`)
  if (!('hashgateReserve' in redis)) {
    redis.defineCommand('hashgateReserve', { numberOfKeys: 1, lua: reserveScript })
  }
  return {
    countAddress: addresses.incr.bind(addresses),
    reserve: (key, done, timeWindowMs, max, times) =>
      (redis as RedisWithReserve).hashgateReserve(
        `${keyPrefix}principal:${key}`,
        timeWindowMs,
        max,
        times,
        (error, result) => {
          if (error) return done(error)
          const [current, ttl, isReserved] = result
          done(null, { current, ttl, isReserved: isReserved === 1 })
        },
      ),
  }
}
