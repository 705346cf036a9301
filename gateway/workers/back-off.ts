const firstDelayMs = 100
const longestDelayMs = 30_000

/** After this time without a failure, the delay starts over. */
const forgottenAfterMs = 60_000

/**
 * Creates the function that returns the milliseconds to wait after a failure: twice as long after each, up to 30 s.
 * @param now monotonic milliseconds
 */
export function createBackOff(now = () => performance.now()): () => number {
  let delayMs = 0
  let failedAtMs = Number.NEGATIVE_INFINITY
  return () => {
    const sinceMs = now() - failedAtMs
    failedAtMs = now()
    delayMs = sinceMs > forgottenAfterMs ? firstDelayMs : Math.min(delayMs * 2, longestDelayMs)
    return delayMs
  }
}
