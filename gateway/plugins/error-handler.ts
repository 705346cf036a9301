import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem, type ProblemCode, toProblemDetails } from '../http/problems.ts'
import { toProblem } from '../http/to-problem.ts'

/** Answers every error with `application/problem+json`. Source: RFC 9457. */
export const errorHandler = fp(async function errorHandler(app: FastifyInstance) {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(toProblem(error), request, reply))
  app.setNotFoundHandler((request, reply) => sendProblem(new Problem('ROUTE_NOT_FOUND'), request, reply))
})

/** Sends a problem. Its cause is logged, never sent. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply) {
  reply.problemCode = problem.code
  logServerError(problem, request)
  if (problem.retryAfterSeconds) reply.header('retry-after', problem.retryAfterSeconds)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblemDetails(problem, request.id))
}

/** Logs problems on our side as errors. A client error only shows as the code in the request's log line. */
export function logServerError(problem: Problem, request: FastifyRequest): void {
  const { status, code, title, cause } = problem
  if (status >= 500) request.log.error({ err: cause ?? problem, code }, title)
}

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the problem in this response, for the request's log line. */
    problemCode?: ProblemCode
  }
}
