import { Redis } from 'ioredis'

/** A count that takes longer than this is made without Redis. */
const commandTimeoutMs = 100

/** A client that fails at once while Redis is away, and finds it again by itself. @param url `redis://` or `rediss://` */
export function connectRedis(url: string): Redis {
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    // A connection on which nothing comes back is given up.
    socketTimeout: 5_000,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  // Whoever counts hears of it; without a listener the process would end.
  redis.on('error', () => {})
  return redis
}
