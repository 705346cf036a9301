import { LeaseUnavailable, Problem } from '../core/errors.ts'

/** Whether the failure is one that happens in a healthy program. */
export function isExpected(error: unknown): boolean {
  return error instanceof LeaseUnavailable || error instanceof Problem
}

/** Whether the same try can succeed later, without anybody having to mend anything in the image or in the program. */
export function isRetryable(error: unknown): boolean {
  return error instanceof Problem && error.retryable
}

export function codeOf(error: unknown): string {
  if (error instanceof LeaseUnavailable) return 'LEASE_UNAVAILABLE'
  return error instanceof Problem ? error.code : 'INTERNAL_ERROR'
}
