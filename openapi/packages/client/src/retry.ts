import { checkAborted } from './check-aborted.ts'
import { sleep } from './sleep.ts'

interface RetryOptions {
  /** Seconds until the next attempt, or undefined when the error is final. @param attempt 1 for the first attempt */
  delaySeconds: (error: unknown, attempt: number) => number | undefined
  signal?: AbortSignal
}

/**
 * Repeats an operation until it succeeds or fails with a final error.
 * @throws the final error, or the reason of `signal` when it is aborted
 */
export async function retry<T>(work: () => Promise<T>, { delaySeconds, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    checkAborted(signal)
    try {
      return await work()
    } catch (error) {
      checkAborted(signal)
      const delay = delaySeconds(error, attempt)
      if (delay === undefined) throw error
      await sleep(delay, signal)
    }
  }
}

/** A delay that doubles with every attempt, with jitter so that clients do not retry in step. */
export function backoffSeconds(attempt: number, firstSeconds = 0.25): number {
  return firstSeconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}
