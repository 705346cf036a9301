import { HashgateError } from './hashgate-error.ts'
import type { ProblemDetails } from './types.ts'

/** The error for a response of the gateway that is not ok, with its `Retry-After`. */
export async function readProblem(response: Response): Promise<HashgateError> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const problem = await response.json().catch(() => undefined)
  return new HashgateError(
    isProblem(problem) ? problem : unknownProblem(response),
    Number.isNaN(seconds) ? undefined : seconds,
  )
}

function isProblem(value: unknown): value is ProblemDetails {
  return typeof (value as ProblemDetails | undefined)?.code === 'string'
}

/** The problem for a response that does not come from the gateway but from a proxy before it. */
function unknownProblem({ status }: Response): ProblemDetails {
  const title = `The gateway cannot be reached: a proxy or load balancer answered with HTTP ${status}.`
  return { type: 'about:blank', title, status, code: `HTTP_${status}` }
}
