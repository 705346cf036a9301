/** The work on an image was broken off, which alone says nothing of the image. A retry can help. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

export interface Deadline {
  millisecondsLeft(): number
  /**
   * The end of the work, or OutOfTime when that comes sooner. Nobody listens to the work then; as far as it cannot be
   * stopped it goes on for a while.
   */
  bound<T>(work: Promise<T>): Promise<T>
  /** Forgets the deadline. */
  clear(): void
}

/**
 * Starts the clock of one image. @param imageTimeoutMs the longest that its work may take
 * @param callerEndsAtMs epoch milliseconds at which whoever asked for it is gone
 */
export function startDeadline(imageTimeoutMs: number, callerEndsAtMs = Number.POSITIVE_INFINITY): Deadline {
  const wholeMs = Math.max(0, Math.min(imageTimeoutMs, callerEndsAtMs - Date.now()))
  const endsAt = performance.now() + wholeMs
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => {})
  const timer = setTimeout(() => reject(new OutOfTime('the image was not finished in time')), wholeMs)
  return {
    millisecondsLeft: () => Math.max(0, endsAt - performance.now()),
    bound: (work) => Promise.race([work, over]),
    clear: () => clearTimeout(timer),
  }
}
