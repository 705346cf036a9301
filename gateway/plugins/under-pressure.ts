import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../http/problems.ts'

const retryAfterSeconds = 5

/** Rejects requests while the event loop lags, so that the remaining ones are served in time. */
export const underPressurePlugin = fp(async function underPressurePlugin(
  app: FastifyInstance,
  { MAX_EVENT_LOOP_DELAY_MS }: { MAX_EVENT_LOOP_DELAY_MS: number },
) {
  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    pressureHandler: async (request) => {
      // A rejected health check would remove the gateway from the load balancer and shift its load to the others.
      if (request.routeOptions.config.isProbe) return
      throw new Problem('OVERLOADED', { retryAfterSeconds })
    },
  })
})

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A health check: never rate-limited and never rejected under load. */
    isProbe?: boolean
  }
}
