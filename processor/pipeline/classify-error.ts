import { DependencyUnavailable, LeaseLost } from '../../core/errors.ts'
import { OutOfTime } from './deadline.ts'

/** Whether the error also occurs in a program without bugs. */
export function isExpected(error: unknown): boolean {
  return error instanceof LeaseLost || isRetryable(error)
}

/** Whether a later attempt can succeed without a fix to the image or the program. */
export function isRetryable(error: unknown): boolean {
  return error instanceof OutOfTime || error instanceof DependencyUnavailable
}

/** The stable code of an error in logs and metrics. */
export function codeOf(error: unknown): string {
  if (error instanceof LeaseLost) return 'LEASE_UNAVAILABLE'
  if (error instanceof OutOfTime) return 'OUT_OF_TIME'
  if (error instanceof DependencyUnavailable) return 'DEPENDENCY_UNAVAILABLE'
  return 'INTERNAL_ERROR'
}
