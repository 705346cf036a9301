import type { Histogram } from 'prom-client'

type Call<A extends unknown[], T> = (...args: A) => Promise<T>

/** Wraps a function so that its calls are timed by outcome: `ok` or `error`. */
export function timeOutcome<A extends unknown[], T>(
  histogram: Histogram<'outcome'>,
  call: Call<A, T>,
): Call<A, T> {
  return async (...args) => {
    const stop = histogram.startTimer()
    try {
      const result = await call(...args)
      stop({ outcome: 'ok' })
      return result
    } catch (error) {
      stop({ outcome: 'error' })
      throw error
    }
  }
}

/** Wraps a function so that its calls are timed under one label. */
export function timeMethod<A extends unknown[], T>(
  histogram: Histogram<'method'>,
  method: string,
  call: Call<A, T>,
): Call<A, T> {
  return async (...args) => {
    const stop = histogram.startTimer({ method })
    return call(...args).finally(() => stop())
  }
}
