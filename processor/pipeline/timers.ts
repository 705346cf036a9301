/** Measures elapsed time and calls back later. Tests replace it to avoid waiting. */
export interface Timers {
  /** Milliseconds of a clock that only moves forward; its start has no meaning. */
  uptimeMs(): number
  /** Calls `callback` once after `ms` milliseconds. @returns a function that cancels the call */
  schedule(ms: number, callback: () => void): () => void
}

export const systemTimers: Timers = {
  uptimeMs: () => performance.now(),
  schedule: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
