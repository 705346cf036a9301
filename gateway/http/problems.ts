import { heicAdvice } from '../../core/errors.ts'
import { maxEndpoints } from '../../core/webhooks/webhook-endpoint.ts'

/**
 * The errors of the HTTP API.
 *
 * Responses are `application/problem+json` (RFC 9457). Codes are part of the contract: clients branch on them, so a code
 * never changes its meaning.
 */

interface ProblemKind {
  status: number
  /** The text in the response. */
  title: string
  /** Whether the same call can succeed later. */
  retryable: boolean
}

export const problems = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'The request does not match the API schema.',
    retryable: false,
  },
  BODY_NOT_JSON: { status: 400, title: 'The body is not valid JSON.', retryable: false },
  UNAUTHENTICATED: {
    status: 401,
    title:
      'A valid API key or token is required: send it as "Authorization: Bearer YOUR_KEY", or a key as "x-api-key".',
    retryable: false,
  },
  SCOPE_MISSING: {
    status: 403,
    title: 'The key or token does not have the scope for this call.',
    retryable: false,
  },
  ROUTE_NOT_FOUND: { status: 404, title: 'This route does not exist.', retryable: false },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This path does not support this method. The Allow header lists the supported ones.',
    retryable: false,
  },
  IMAGE_NOT_FOUND: {
    status: 404,
    title: 'The image does not exist: it was never requested, or it has expired.',
    retryable: false,
  },
  WEBHOOKS_NOT_ENABLED: {
    status: 404,
    title: 'This system does not send webhooks. Ask its operator to turn them on with WEBHOOKS_TABLE.',
    retryable: false,
  },
  WEBHOOK_NOT_FOUND: { status: 404, title: 'The webhook endpoint does not exist.', retryable: false },
  DELIVERY_NOT_FOUND: {
    status: 404,
    title:
      'The webhook endpoint has no delivery of this event: there was none, or it has expired from the log.',
    retryable: false,
  },
  REPLAY_UNDER_WAY: {
    status: 409,
    title: 'A replay of the webhook endpoint is under way. Start another one when it has ended.',
    retryable: true,
  },
  WEBHOOK_EXISTS: {
    status: 409,
    title:
      'You have a webhook endpoint with this URL. Change it, or rotate its secret if you do not know it; the detail names it.',
    retryable: false,
  },
  TOO_MANY_WEBHOOKS: {
    status: 409,
    title: `You have ${maxEndpoints} webhook endpoints, the limit. Delete one, or change one.`,
    retryable: false,
  },
  WEBHOOK_DISABLED: {
    status: 409,
    title: 'The webhook endpoint is disabled. Enable it first: change it with "enabled": true.',
    retryable: false,
  },
  WEBHOOK_CHANGED_MEANWHILE: {
    status: 409,
    title:
      'The webhook endpoint was changed by other requests at the same time. Nothing was changed; try again.',
    retryable: true,
  },
  UPLOAD_NOT_FOUND_IN_STORE: {
    status: 409,
    title: 'The bytes have not been uploaded yet: PUT them to the upload URL first.',
    retryable: true,
  },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large for this call.', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be sent as application/json.',
    retryable: false,
  },
  HEIC_NOT_ENABLED: {
    status: 422,
    title: `This system does not accept HEIC. ${heicAdvice}`,
    retryable: false,
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests: retry after the number of seconds in Retry-After.',
    retryable: true,
  },
  TOO_MANY_STREAMS: {
    status: 429,
    title: 'Too many open streams: close some, or retry after the number of seconds in Retry-After.',
    retryable: true,
  },
  BAD_REQUEST: { status: 400, title: 'The request is malformed.', retryable: false },
  OVERLOADED: {
    status: 503,
    title: 'The gateway is overloaded: retry after the number of seconds in Retry-After.',
    retryable: true,
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'An internal error occurred. Retry; if it persists, report the requestId.',
    retryable: true,
  },
  DEPENDENCY_UNAVAILABLE: {
    status: 503,
    title: 'A required service is unavailable. Nothing was changed; try again.',
    retryable: true,
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problems

export interface FieldError {
  /** Path of the field in the request, such as `uploads.3.sha256`. */
  field: string
  message: string
}

interface ProblemOptions {
  /** A sentence for the client that is more specific than the title. */
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  cause?: unknown
}

/** An error response. `cause` is only logged. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly title: string
  readonly retryable: boolean
  readonly detail: string | undefined
  readonly errors: FieldError[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const { status, title, retryable } = problems[code]
    super(options.detail ?? title, { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.status = status
    this.title = title
    this.retryable = retryable
    this.detail = options.detail
    this.errors = options.errors
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The JSON body of a problem. */
export function toProblemDetails({ title, status, code, detail, errors }: Problem, requestId?: string) {
  return { type: problemType(code), title, status, code, detail, errors, requestId }
}

export const problemType = (code: ProblemCode): string =>
  `urn:hashgate:problem:${code.toLowerCase().replaceAll('_', '-')}`
