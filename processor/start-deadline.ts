/** The work on an image was broken off, which alone says nothing of the image. A retry can help. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
  /** Whether the image had as much time as it can ever get. */
  readonly hadItsTime: boolean

  constructor(message: string, { hadItsTime = true } = {}) {
    super(message)
    this.hadItsTime = hadItsTime
  }
}

/** The time of whoever asks for images, such as one call of a Lambda function. */
export interface CallTime {
  /** Epoch milliseconds. */
  startedAtMs?: number
  /** Epoch milliseconds from which on the caller may be gone. What is unfinished then is given back, to come again. */
  endsAtMs?: number
}

export interface Deadline {
  millisecondsLeft(): number
  /** Whether the caller may be gone by now. */
  isCallOver(): boolean
  /**
   * The end of the work, or OutOfTime when that comes sooner. Nobody listens to the work then; as far as it cannot be
   * stopped it goes on for a while.
   */
  bound<T>(work: Promise<T>): Promise<T>
  /** Forgets the deadline. */
  clear(): void
}

/**
 * Starts the clock of one image, which ends with its own time or with the call's.
 * @param imageTimeoutMs the longest that its work may take
 */
export function startDeadline(imageTimeoutMs: number, call: CallTime = {}): Deadline {
  const callLeftMs = (call.endsAtMs ?? Number.POSITIVE_INFINITY) - Date.now()
  const wholeMs = Math.max(0, Math.min(imageTimeoutMs, callLeftMs))
  const hadItsTime = callLeftMs >= imageTimeoutMs || !isLate(call)
  const endsAt = performance.now() + wholeMs
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => {})
  const timer = setTimeout(
    () => reject(new OutOfTime('the image was not finished in time', { hadItsTime })),
    wholeMs,
  )
  return {
    millisecondsLeft: () => Math.max(0, endsAt - performance.now()),
    isCallOver: () => call.endsAtMs !== undefined && call.endsAtMs <= Date.now(),
    bound: (work) => Promise.race([work, over]),
    clear: () => clearTimeout(timer),
  }
}

/** Whoever begins in the second half of a call would have had more time at the start of the next one. */
function isLate({ startedAtMs, endsAtMs }: CallTime): boolean {
  return startedAtMs !== undefined && endsAtMs !== undefined && Date.now() > (startedAtMs + endsAtMs) / 2
}
