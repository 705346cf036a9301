import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../core/errors.ts'
import type { GatewayConfig } from '../config.ts'

/** Counts requests by the sender's address, before anything else is done for them. */
export const limitRate = fp(async function limitRate(
  app: FastifyInstance,
  { RATE_LIMIT_PER_MINUTE }: Pick<GatewayConfig, 'RATE_LIMIT_PER_MINUTE'>,
) {
  await app.register(rateLimit, {
    max: RATE_LIMIT_PER_MINUTE,
    timeWindow: 60_000,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem('RATE_LIMITED', { retryAfterSeconds: Math.ceil(ttl / 1000) }),
  })
})
