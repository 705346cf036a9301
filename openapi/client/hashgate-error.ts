import type { ProblemDetails } from './types.ts'

/** The gateway said no. `code` is stable: branch on it. */
export class HashgateError extends Error {
  override readonly name = 'HashgateError'
  readonly code: string
  readonly status: number
  readonly errors: ProblemDetails['errors']
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(problem: ProblemDetails, retryAfterSeconds?: number) {
    super(describe(problem))
    this.code = problem.code
    this.status = problem.status
    this.errors = problem.errors
    this.requestId = problem.requestId
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** There was no answer at all. */
export class GatewayUnreachable extends Error {
  override readonly name = 'GatewayUnreachable'

  constructor(gateway: string, cause: unknown) {
    super(`The gateway at ${gateway} cannot be reached.`, { cause })
  }
}

/** The store said no to the bytes. `code` is S3's, such as `BadDigest`. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: string
  readonly status: number

  constructor(status: number, code: string) {
    super(sentences[code] ?? `The store refused the upload: ${code} (HTTP ${status}).`)
    this.status = status
    this.code = code
  }
}

/** S3's answers are XML for machines; these are for the people who wait for their photo. */
const sentences: Record<string, string> = {
  AccessDenied: 'The store refused the upload: the URL has expired, or a header differs from what was told.',
  SignatureDoesNotMatch: 'The store refused the upload: it is not what the URL was made for.',
  BadDigest:
    'The bytes are not the ones that were announced: the file changed, or it was damaged on the way.',
  IncompleteBody: 'The upload was cut off.',
  EntityTooLarge: 'The file is larger than the store takes.',
  SlowDown: 'The store is busy.',
}

function describe({ title, detail, errors }: ProblemDetails): string {
  const fields = errors?.map(({ field, message }) => `${field} ${message}`).join('; ')
  return [detail ?? title, fields].filter(Boolean).join(' ')
}
