interface RetryOptions {
  /** Seconds to wait before the next try, or undefined when the error is final. @param attempt 1 for the first */
  delaySeconds: (error: unknown, attempt: number) => number | undefined
  signal?: AbortSignal
}

/** Does something again until it succeeds, its error is final, or `signal` is aborted. */
export async function retry<T>(work: () => Promise<T>, { delaySeconds, signal }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      const delay = delaySeconds(error, attempt)
      if (delay === undefined) throw error
      await sleep(delay * 1000, signal)
    }
  }
}

/** Seconds that double with every attempt, with jitter so that many clients do not come back at once. */
export function backoffSeconds(attempt: number, firstSeconds = 0.25): number {
  return firstSeconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
