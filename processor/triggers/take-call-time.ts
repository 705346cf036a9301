import type { CallTime } from '../pipeline/deadline.ts'

/**
 * The time of one call of a Lambda function, without what its last writes need.
 * @param remainingMs until Lambda ends the process
 */
export function takeCallTime(remainingMs: number, reserveMs: number, nowMs = Date.now()): Required<CallTime> {
  // A function with little time still has most of it for images.
  const usableMs = remainingMs - Math.min(reserveMs, remainingMs / 4)
  return { startedAtMs: nowMs, endsAtMs: nowMs + usableMs }
}
