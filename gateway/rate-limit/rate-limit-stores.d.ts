/** The stores that @fastify/rate-limit chooses from; its types leave them out. */
type Ask = (
  key: string,
  callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
  timeWindowMs: number,
  max: number,
) => void

interface RateLimitCounter {
  incr: Ask
  read: Ask
}

declare module '@fastify/rate-limit/store/LocalStore.js' {
  const LocalStore: new (
    continueExceeding: boolean,
    exponentialBackoff: boolean,
    maxKeys: number,
  ) => RateLimitCounter
  export default LocalStore
}

declare module '@fastify/rate-limit/store/RedisStore.js' {
  const RedisStore: new (
    continueExceeding: boolean,
    exponentialBackoff: boolean,
    redis: unknown,
    keyPrefix: string,
  ) => RateLimitCounter
  export default RedisStore
}
