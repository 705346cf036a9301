import type { TSchema } from 'typebox'
import { answerHeaders } from './answer-headers.ts'
import { examples } from './examples.ts'
import { Problem, type ProblemCode, problems, toProblemDetails } from './problems.ts'
import { ProblemDetails, ref } from './schemas.ts'

/** Load balancers are neither counted nor refused. */
const forProbes: ProblemCode[] = ['BAD_REQUEST', 'INTERNAL_ERROR']
/** The keys are in DynamoDB, too. */
const withKey: ProblemCode[] = [
  'BAD_REQUEST',
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

interface AnswerOptions {
  /** False where no key is asked for; there nobody is limited, either. */
  key?: boolean
  retryLater?: boolean
  /** The first one of the schema, unless one is given. */
  example?: unknown
}

/** An answer in JSON, with a sentence about when it comes. */
export function answer(schema: TSchema, description: string, options: AnswerOptions = {}) {
  const { example = (schema as { examples?: unknown[] }).examples?.[0] } = options
  const content = { 'application/json': { schema: ref(schema), example } }
  return { description, headers: answerHeaders(options), content }
}

/** The problems that a route can answer with. What every route shares need not be named. */
export function problemAnswers(own: ProblemCode[], { key = true, body = false } = {}) {
  const codes = [...own, ...(body ? withBody : []), ...(key ? withKey : forProbes)]
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  const answers = Array.from(byStatus, ([status, codes]) => [status, problemAnswer(status, codes, key)])
  return Object.fromEntries(answers)
}

function problemAnswer(status: number, codes: ProblemCode[], key: boolean) {
  const description = codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('\n\n')
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }]))
  const content = { 'application/problem+json': { schema: ref(ProblemDetails), examples } }
  const retryLater = status === 429 || status === 503
  return { description, headers: answerHeaders({ key, retryLater }), content }
}

function exampleProblem(code: ProblemCode) {
  const errors = code === 'VALIDATION_FAILED' ? [examples.fieldError] : undefined
  return { ...toProblemDetails(new Problem(code)), errors, requestId: examples.requestId }
}
