import type { ProblemDetails } from './types.ts'

/** The gateway refused the call. `code` is stable, to branch on. `message` is a sentence for users. */
export class HashgateError extends Error {
  override readonly name = 'HashgateError'
  declare readonly code: string
  declare readonly status: number
  declare readonly title: string
  declare readonly detail: string | undefined
  declare readonly errors: ProblemDetails['errors']
  declare readonly requestId: string | undefined
  declare readonly retryAfterSeconds: number | undefined

  constructor(problem: ProblemDetails, retryAfterSeconds?: number) {
    super(describeProblem(problem))
    this.code = problem.code
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail
    this.errors = problem.errors
    this.requestId = problem.requestId
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The gateway did not respond. */
export class GatewayUnreachable extends Error {
  override readonly name = 'GatewayUnreachable'

  constructor(gateway: string, cause: unknown) {
    super(`The gateway at ${gateway} cannot be reached.`, { cause })
  }
}

/** Whether a later attempt of the same call can succeed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof HashgateError) return error.status === 429 || error.status >= 500
  return error instanceof GatewayUnreachable
}

function describeProblem({ title, detail, errors }: ProblemDetails): string {
  const fields = errors?.map(({ field, message }) => `${field} ${message}`).join('; ')
  return [detail ?? title, fields].filter(Boolean).join(' ')
}
