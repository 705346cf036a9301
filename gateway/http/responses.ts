import { type TSchema, Type } from 'typebox'
import { examples } from './examples.ts'
import { Problem, type ProblemCode, problems, toProblemDetails } from './problems.ts'
import { ProblemDetails } from './schemas/problem-schemas.ts'
import { ref } from './schemas/schema-parts.ts'

const seconds = { type: 'integer', minimum: 0 }

const requestId = {
  'X-Request-Id': { type: 'string', description: 'Quote it when you report a problem.' },
}

const rateLimit = {
  'RateLimit-Limit': { type: 'integer', minimum: 0, description: 'Requests allowed per window.' },
  'RateLimit-Remaining': { type: 'integer', minimum: 0, description: 'Requests left in this window.' },
  'RateLimit-Reset': { ...seconds, description: 'Seconds until the next window.' },
}

const retryAfter = {
  'Retry-After': { ...seconds, description: 'Seconds to wait before the next attempt.' },
}

/** Health checks are neither authenticated nor rate-limited. */
const forProbes: ProblemCode[] = ['BAD_REQUEST', 'INTERNAL_ERROR']
/** `DEPENDENCY_UNAVAILABLE` is among them because keys are looked up in DynamoDB. */
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

interface ResponseOptions {
  /** False for routes without authentication, which are not rate-limited either. */
  key?: boolean
  retryLater?: boolean
  /** By default the first example of the schema. */
  example?: unknown
}

/** A JSON response for the OpenAPI document; `description` states when it is sent. */
export function jsonResponse(schema: TSchema, description: string, options: ResponseOptions = {}) {
  const { example = (schema as { examples?: unknown[] }).examples?.[0] } = options
  const content = { 'application/json': { schema: ref(schema), example } }
  return { description, headers: responseHeaders(options), content }
}

/** A response without a body for the OpenAPI document. */
export function emptyResponse(description: string) {
  return { type: 'null', description, headers: responseHeaders({}) }
}

/** A stream of events for the OpenAPI document. Generators take it for text. */
export function eventStreamResponse(description: string, example: string) {
  const content = { 'text/event-stream': { schema: Type.String(), example } }
  return { description, headers: responseHeaders({}), content }
}

/** The error responses of a route for the OpenAPI document: its own codes and those that all routes share. */
export function problemResponses(own: ProblemCode[], { key = true, body = false } = {}) {
  const codes = [...own, ...(body ? withBody : []), ...(key ? withKey : forProbes)]
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  const responses = Array.from(byStatus, ([status, codes]) => [status, problemResponse(status, codes, key)])
  return Object.fromEntries(responses)
}

function problemResponse(status: number, codes: ProblemCode[], key: boolean) {
  const description = codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('\n\n')
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }]))
  const content = { 'application/problem+json': { schema: ref(ProblemDetails), examples } }
  const retryLater = status === 429 || status === 503
  return { description, headers: responseHeaders({ key, retryLater }), content }
}

function exampleProblem(code: ProblemCode) {
  const errors = code === 'VALIDATION_FAILED' ? [examples.fieldError] : undefined
  return { ...toProblemDetails(new Problem(code)), errors, requestId: examples.requestId }
}

/** Response headers for the OpenAPI document. */
function responseHeaders({ key = true, retryLater = false }) {
  return { ...requestId, ...(key && rateLimit), ...(retryLater && retryAfter) }
}
