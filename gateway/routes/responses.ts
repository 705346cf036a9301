import type { TSchema } from 'typebox'
import { type ProblemCode, problems } from '../../core/errors.ts'
import { ProblemDetails, ref } from '../schemas.ts'

/** Load balancers are neither counted nor refused. */
const forProbes: ProblemCode[] = ['INTERNAL_ERROR']
/** The keys are in DynamoDB, too. */
const withKey: ProblemCode[] = [
  'UNAUTHENTICATED',
  'SCOPE_MISSING',
  'RATE_LIMITED',
  'OVERLOADED',
  'DEPENDENCY_UNAVAILABLE',
  'INTERNAL_ERROR',
]
const withBody: ProblemCode[] = [
  'VALIDATION_FAILED',
  'BODY_NOT_JSON',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
]

/** An answer in JSON, with a sentence about when it comes. */
export function answer(schema: TSchema, description: string) {
  return { description, content: { 'application/json': { schema: ref(schema) } } }
}

/** The problems that a route can answer with. What every route shares need not be named. */
export function problemAnswers(own: ProblemCode[], { key = true, body = false } = {}) {
  const codes = [...own, ...(body ? withBody : []), ...(key ? withKey : forProbes)]
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  return Object.fromEntries(Array.from(byStatus, ([status, codes]) => [status, problemAnswer(codes)]))
}

function problemAnswer(codes: ProblemCode[]) {
  const description = codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('\n\n')
  return { description, content: { 'application/problem+json': { schema: ref(ProblemDetails) } } }
}
