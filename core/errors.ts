/**
 * Every way in which hashgate says no, in one place.
 *
 * A *problem* is an answer to an API call (RFC 9457). A *rejection* is the verdict of the processor on an image.
 * Codes and reasons are part of the contract: clients branch on them, so they never change their meaning.
 */

interface ProblemKind {
  status: number
  /** The public text. Never holds anything that came from inside. */
  title: string
  /** Whether the same call can succeed later. In the processor: true, throw, and the trigger redelivers. */
  retryable: boolean
}

export const problems = {
  VALIDATION_FAILED: {
    status: 400,
    title: 'One or more fields do not fit the contract.',
    retryable: false,
  },
  BODY_NOT_JSON: { status: 400, title: 'The body is not valid JSON.', retryable: false },
  UNAUTHENTICATED: {
    status: 401,
    title:
      'A valid API key or token is needed: send it as "Authorization: Bearer <key>", or a key as "x-api-key".',
    retryable: false,
  },
  SCOPE_MISSING: { status: 403, title: 'The key or token does not permit this call.', retryable: false },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such route.', retryable: false },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This path does not take this method: the header Allow names the ones it takes.',
    retryable: false,
  },
  IMAGE_NOT_FOUND: {
    status: 404,
    title: 'There is no such image: it was never asked for, or its retention is over.',
    retryable: false,
  },
  UPLOAD_NOT_FOUND_IN_STORE: {
    status: 409,
    title: 'The bytes are not in the store: PUT them to the upload URL first.',
    retryable: true,
  },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large for this call.', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be sent as application/json.',
    retryable: false,
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests: wait for the seconds in Retry-After.',
    retryable: true,
  },
  BAD_REQUEST: { status: 400, title: 'The request cannot be understood.', retryable: false },
  OVERLOADED: {
    status: 503,
    title: 'This gateway is overloaded: try again after the seconds in Retry-After.',
    retryable: true,
  },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side.', retryable: true },
  DEPENDENCY_UNAVAILABLE: {
    status: 503,
    title: 'A part that this call needs does not answer. Nothing was promised; try again.',
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
  /** Public sentence that is more exact than the title. */
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  cause?: unknown
}

/** An answer other than success. `cause` is for the log alone and never reaches a client. */
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

/** The bucket, the catalog, the event bus or the issuer of tokens did not answer in its time, or answered that it cannot. A retry can help. */
export class DependencyUnavailable extends Problem {
  readonly dependency: Dependency

  constructor(dependency: Dependency, cause?: unknown) {
    super('DEPENDENCY_UNAVAILABLE', { retryAfterSeconds: 2, cause })
    this.name = 'DependencyUnavailable'
    this.dependency = dependency
  }
}

export type Dependency = 'bucket' | 'catalog' | 'events' | 'issuer'

/** Why an image is `rejected`; each text says what the sender can do. */
export const rejections = {
  checksum_mismatch: 'The stored bytes do not have the announced SHA-256. Upload the original file again.',
  format_unsupported: 'The bytes are not an image in an accepted format: JPEG, PNG, WebP, AVIF, GIF or TIFF.',
  format_mismatch: 'The bytes are an image of another type than the declared one.',
  image_corrupt: 'The image is damaged or cut off and cannot be decoded.',
  too_many_bytes: 'The file is larger than this system accepts.',
  too_many_pixels: 'The image has more pixels than this system accepts.',
  too_many_pages: 'The image has more frames or pages than this system accepts.',
  pixel_format_unsupported:
    'The image has a bit depth or a colour space that is not accepted. Export it as sRGB with 8 bits a channel.',
  processing_timeout: 'The image takes too long to decode.',
  processing_failed: 'The image could not be processed, although it was tried several times.',
} as const

export type RejectionReason = keyof typeof rejections

/** The image itself is at fault: no retry can help. `message` is the readable sentence that the record keeps. */
export class Rejection extends Error {
  readonly reason: RejectionReason

  constructor(reason: RejectionReason, detail?: string, cause?: unknown) {
    super(detail ?? rejections[reason], { cause })
    this.name = 'Rejection'
    this.reason = reason
  }
}

/** Another worker holds this image's lease, or took it over. A retry can help: by then that worker has finished or died. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}
