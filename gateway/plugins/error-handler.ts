import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Static } from 'typebox'
import { type FieldError, Problem, type ProblemCode } from '../../core/errors.ts'
import type { ProblemDetails } from '../http/schemas.ts'

export type ValidationFault = NonNullable<FastifyError['validation']>[number]

/** Fastify's own refusals, as our codes. */
const codeOfFastifyError: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_NOT_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BODY_NOT_JSON',
}

/** Who has made more mistakes in one request needs no list of them. */
const maxErrors = 100

/** Every answer of a route other than success is `application/problem+json`. Source: RFC 9457. */
export const errorHandler = fp(async function errorHandler(app: FastifyInstance) {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(toProblem(error), request, reply))
  app.setNotFoundHandler((request, reply) => sendProblem(new Problem('ROUTE_NOT_FOUND'), request, reply))
})

/** Answers with a problem. What lies inside is logged, and stays inside. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply) {
  reply.problemCode = problem.code
  logFailure(problem, request)
  if (problem.retryAfterSeconds) reply.header('retry-after', problem.retryAfterSeconds)
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(toProblemDetails(problem, request.id))
}

/** Our own failures are errors in the log; a client's mistakes are only a code in the request's line. */
export function logFailure(problem: Problem, request: FastifyRequest): void {
  const { status, code, title, cause } = problem
  if (status >= 500) request.log.error({ err: cause ?? problem, code }, title)
}

export function toProblemDetails(problem: Problem, requestId?: string): Static<typeof ProblemDetails> {
  const { title, status, code, detail, errors } = problem
  const type = `urn:hashgate:problem:${code.toLowerCase().replaceAll('_', '-')}`
  return { type, title, status, code, detail, errors, requestId }
}

/** Whatever was thrown, as the problem that a client may see. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { validation, code, statusCode = 500 } = error as FastifyError
  if (validation) return validationProblem(validation)
  const known = codeOfFastifyError[code]
  if (known) return new Problem(known, { cause: error })
  return new Problem(statusCode < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR', { cause: error })
}

export function validationProblem(faults: ValidationFault[]): Problem {
  return new Problem('VALIDATION_FAILED', { errors: faults.slice(0, maxErrors).map(toFieldError) })
}

function toFieldError({ instancePath, params, message = 'is not valid' }: ValidationFault): FieldError {
  const { missingProperty, additionalProperty, allowedValues } = params as Record<string, string | string[]>
  const path = [...instancePath.split('/'), missingProperty ?? additionalProperty]
  const field = path.filter(Boolean).join('.') || 'body'
  if (missingProperty) return { field, message: 'is required' }
  if (additionalProperty) return { field, message: 'is not a field of this request' }
  if (Array.isArray(allowedValues)) return { field, message: `must be one of ${allowedValues.join(', ')}` }
  return { field, message }
}

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the problem that this reply reports, for its log line. */
    problemCode?: ProblemCode
  }
}
