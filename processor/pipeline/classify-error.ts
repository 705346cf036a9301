import { LeaseLost, Problem } from '../../core/errors.ts'
import { OutOfTime } from './deadline.ts'

/** Whether the failure is one that happens in a healthy program. */
export function isExpected(error: unknown): boolean {
  return error instanceof LeaseLost || error instanceof OutOfTime || error instanceof Problem
}

/** Whether the same try can succeed later, without anybody having to mend anything in the image or in the program. */
export function isRetryable(error: unknown): boolean {
  return error instanceof OutOfTime || (error instanceof Problem && error.retryable)
}

export function codeOf(error: unknown): string {
  if (error instanceof LeaseLost) return 'LEASE_UNAVAILABLE'
  if (error instanceof OutOfTime) return 'OUT_OF_TIME'
  return error instanceof Problem ? error.code : 'INTERNAL_ERROR'
}
