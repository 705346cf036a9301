import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../http/problems.ts'

const retryAfterSeconds = 5

/** Starting up blocks the event loop for longer than any load. The first samples measure that, so they are not used. */
const warmUpMs = 5_000

interface UnderPressureOptions {
  MAX_EVENT_LOOP_DELAY_MS: number
  /** Monotonic milliseconds. */
  uptime: (() => number) | undefined
}

/** Rejects requests while the event loop lags, so that the remaining ones are served in time. */
export const underPressurePlugin = fp(async function underPressurePlugin(
  app: FastifyInstance,
  { MAX_EVENT_LOOP_DELAY_MS, uptime = () => performance.now() }: UnderPressureOptions,
) {
  let readyAtMs = Number.POSITIVE_INFINITY
  app.addHook('onReady', async () => {
    readyAtMs = uptime()
  })
  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    pressureHandler: async (request, _reply, _type, delayMs) => {
      // A rejected health check would remove the gateway from the load balancer and shift its load to the others.
      if (request.routeOptions.config.isProbe) return
      if (isMeasured(delayMs) && uptime() - readyAtMs >= warmUpMs) {
        throw new Problem('OVERLOADED', { retryAfterSeconds })
      }
    },
  })
})

/** The plugin reports an infinite delay when it has no sample, so an infinite delay is ignored. */
export const isMeasured = (delayMs: number | undefined) => delayMs !== Number.POSITIVE_INFINITY

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A health check: never rate-limited and never rejected under load. */
    isProbe?: boolean
  }
}
