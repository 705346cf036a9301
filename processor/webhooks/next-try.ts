interface BackOff {
  /** The longest wait before the first retry, in milliseconds. */
  firstRetryMs: number
  /** 0 to 1. */
  random: () => number
}

const maxWaitMs = 6 * 3_600_000

/**
 * When a delivery is tried again after a failure: after a random time between zero and `firstRetryMs` × 3^n, at most six hours. The
 * last try is at the end of the retry window. Undefined after that one.
 * @param triesInRow including the one that failed
 */
export function nextTry(
  { triesInRow, giveUpAt }: { triesInRow: number; giveUpAt: number },
  { firstRetryMs, random }: BackOff,
  nowMs: number,
): number | undefined {
  if (nowMs >= giveUpAt) return undefined
  const longestMs = Math.min(firstRetryMs * 3 ** (triesInRow - 1), maxWaitMs)
  return Math.min(nowMs + Math.ceil(longestMs * random()), giveUpAt)
}
