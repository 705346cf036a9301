import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { GatewayMetrics } from '../observe/create-metrics.ts'

/** The operation of requests that are not part of the API, such as pages and files. */
const otherOperation = 'other'

/** Counts and times every request; a stream when it starts. */
export const requestMetrics = fp(async function requestMetrics(
  app: FastifyInstance,
  { metrics }: { metrics: GatewayMetrics },
) {
  app.addHook('onResponse', (request, reply, done) => {
    if (!reply.isStream) countRequest(metrics, request, reply)
    done()
  })
})

export function countRequest(metrics: GatewayMetrics, request: FastifyRequest, reply: FastifyReply): void {
  const operation = request.routeOptions.schema?.operationId ?? otherOperation
  metrics.requests.inc({ operation, status: reply.statusCode, code: reply.problemCode ?? '' })
  metrics.requestSeconds.observe({ operation }, reply.elapsedTime / 1_000)
}
