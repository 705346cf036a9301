import type { FastifyError } from 'fastify'
import { DependencyUnavailable } from '../../core/errors.ts'
import { JsonTooDeep, maxJsonDepth } from '../../core/parse-json.ts'
import { type FieldError, Problem, type ProblemCode } from './problems.ts'

export type ValidationError = NonNullable<FastifyError['validation']>[number]

/** Fastify's own errors. */
const codeOfFastifyError: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_NOT_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'BODY_NOT_JSON',
}

/** Bound the response to a request that is wrong in very many places, or whose fields have very long names. */
export const maxErrors = 100
const maxFieldLength = 128
const dependencyRetryAfterSeconds = 2

/** Maps anything that was thrown to the problem that the client sees. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DependencyUnavailable) {
    return new Problem('DEPENDENCY_UNAVAILABLE', {
      retryAfterSeconds: dependencyRetryAfterSeconds,
      cause: error,
    })
  }
  if (error instanceof JsonTooDeep) {
    const message = `must NOT be nested deeper than ${maxJsonDepth} levels`
    return new Problem('VALIDATION_FAILED', { errors: [{ field: 'body', message }] })
  }
  const { validation, code, statusCode = 500 } = error as FastifyError
  if (validation) return validationProblem(validation)
  const known = codeOfFastifyError[code]
  if (known) return new Problem(known, { cause: error })
  return new Problem(statusCode < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR', { cause: error })
}

export function validationProblem(errors: ValidationError[], max = maxErrors): Problem {
  return new Problem('VALIDATION_FAILED', { errors: errors.slice(0, max).map(toFieldError) })
}

function toFieldError({ instancePath, params, message = 'is not valid' }: ValidationError): FieldError {
  const { missingProperty, additionalProperty, allowedValues } = params as Record<string, string | string[]>
  const path = [...instancePath.split('/'), missingProperty ?? additionalProperty]
  const field = cut(path.filter(Boolean).join('.')) || 'body'
  if (missingProperty) return { field, message: 'is required' }
  if (additionalProperty) return { field, message: 'is not a field of this request' }
  if (Array.isArray(allowedValues)) return { field, message: `must be one of ${allowedValues.join(', ')}` }
  return { field, message }
}

/** Names can come from the request. */
function cut(path: string): string {
  return path.length <= maxFieldLength ? path : `${Array.from(path).slice(0, maxFieldLength).join('')}…`
}
