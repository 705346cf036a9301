import type { Histogram } from 'prom-client'

type Call<A extends unknown[], T> = (...args: A) => Promise<T>

/** Wraps a function so that its calls are timed by outcome: `ok` or `error`. */
export function timeOutcome<A extends unknown[], T>(
  histogram: Histogram<'outcome'>,
  call: Call<A, T>,
): Call<A, T> {
  return timed(call, (outcome, seconds) => histogram.observe({ outcome }, seconds))
}

/** Wraps a function so that its calls are timed under one label. */
export function timeMethod<A extends unknown[], T>(
  histogram: Histogram<'method'>,
  method: string,
  call: Call<A, T>,
): Call<A, T> {
  return timed(call, (_outcome, seconds) => histogram.observe({ method }, seconds))
}

function timed<A extends unknown[], T>(
  call: Call<A, T>,
  observe: (outcome: 'ok' | 'error', seconds: number) => void,
): Call<A, T> {
  return async (...args) => {
    const startedAt = performance.now()
    const report = (outcome: 'ok' | 'error') => observe(outcome, (performance.now() - startedAt) / 1_000)
    try {
      const result = await call(...args)
      report('ok')
      return result
    } catch (error) {
      report('error')
      throw error
    }
  }
}
