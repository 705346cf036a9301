import { sleep } from './sleep.ts'

interface RetryOptions {
  /** Seconds to wait before the next try, or undefined when the error is final. @param attempt 1 for the first */
  delaySeconds: (error: unknown, attempt: number) => number | undefined
  signal?: AbortSignal
}

/**
 * Does something again until it succeeds, or its error is final.
 * @throws the final error, or the reason of `signal` when it is aborted
 */
export async function retry<T>(work: () => Promise<T>, { delaySeconds, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      const delay = delaySeconds(error, attempt)
      if (delay === undefined) throw error
      await sleep(delay, signal)
    }
  }
}

/** Seconds that double with every attempt, with jitter so that many clients do not come back at once. */
export function backoffSeconds(attempt: number, firstSeconds = 0.25): number {
  return firstSeconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}
