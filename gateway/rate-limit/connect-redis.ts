import { once } from 'node:events'
import { Redis } from 'ioredis'
import type { WatchedDependency } from '../../core/telemetry/watch-dependencies.ts'

/** After this time the request is counted without Redis. */
const commandTimeoutMs = 100

/** Creates a client that fails immediately while Redis is unavailable and reconnects by itself. @param url `redis://` or `rediss://` */
export function connectRedis(url: string): Redis {
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    // Drops connections on which no response arrives.
    socketTimeout: 5_000,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  // Callers get the error of their command. Without a listener the process would exit.
  redis.on('error', () => {})
  return redis
}

/** The start-up check of Redis. A failed connection attempt emits its error, which rejects `once`. */
export function watchRedis(redis: Redis): WatchedDependency {
  return {
    title: 'Redis',
    ping: async (signal) => {
      if (redis.status !== 'ready') await once(redis, 'ready', { signal })
      await redis.ping()
    },
    advise: () => 'Check REDIS_URL: address, password and redis:// or rediss://. Each gateway counts alone.',
  }
}
