import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { GatewayMetrics } from '../observe/create-metrics.ts'

/** The operation of requests that are not part of the API, such as pages and files. */
const otherOperation = 'other'

/** Counts and times every request. */
export const requestMetrics = fp(async function requestMetrics(
  app: FastifyInstance,
  { metrics }: { metrics: GatewayMetrics },
) {
  app.addHook('onResponse', (request, reply, done) => {
    const operation = request.routeOptions.schema?.operationId ?? otherOperation
    metrics.requests.inc({ operation, status: reply.statusCode, code: reply.problemCode ?? '' })
    metrics.requestSeconds.observe({ operation }, reply.elapsedTime / 1_000)
    done()
  })
})
