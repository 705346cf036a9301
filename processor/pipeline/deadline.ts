import { Rejection } from '../../core/errors.ts'
import { toTimeoutSeconds } from '../imaging/limits.ts'
import type { WithMemory } from '../imaging/memory-semaphore.ts'
import type { ProcessorDeps, ProcessorLimits, Stages, Step, Work } from './stages.ts'

/** The work on an image was broken off, which alone says nothing of the image. A retry can help. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
  /** Whether the image had as much time as it can ever get, and did not spend most of it waiting for others. */
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
  /** Since the start, without the time that the image has waited for others. */
  workedMs(): number
  /** From now on the image waits for others, until what is returned is called. */
  startWaiting(): () => void
  /** Aborted when the time is over; the reason is the OutOfTime. */
  signal: AbortSignal
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
  const isWhole = callLeftMs >= imageTimeoutMs || !isLate(call)
  const startedAt = performance.now()
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => {})
  const controller = new AbortController()
  const timer = setTimeout(end, wholeMs)
  let waitedMs = 0
  let waitingSince: number | undefined

  function end(): void {
    const hadItsTime = isWhole && workedMs() >= wholeMs / 2
    const outOfTime = new OutOfTime('the image was not finished in time', { hadItsTime })
    reject(outOfTime)
    controller.abort(outOfTime)
  }

  function workedMs(): number {
    const now = performance.now()
    return now - startedAt - waitedMs - (now - (waitingSince ?? now))
  }

  function startWaiting(): () => void {
    const since = performance.now()
    waitingSince = since
    return () => {
      waitedMs += performance.now() - since
      waitingSince = undefined
    }
  }

  return {
    isCallOver: () => call.endsAtMs !== undefined && call.endsAtMs <= Date.now(),
    millisecondsLeft: () => Math.max(0, startedAt + wholeMs - performance.now()),
    workedMs,
    startWaiting,
    signal: controller.signal,
    bound: (work) => Promise.race([work, over]),
    clear: () => clearTimeout(timer),
  }
}

/** Whoever begins in the second half of a call would have had more time at the start of the next one. */
function isLate({ startedAtMs, endsAtMs }: CallTime): boolean {
  return startedAtMs !== undefined && endsAtMs !== undefined && Date.now() > (startedAtMs + endsAtMs) / 2
}

/**
 * Takes a step as long as the image's deadline permits.
 * @throws OutOfTime; Rejection when the pixels alone, their turns not counted, have had the time of a whole decode: then another
 *   try is no use
 */
export async function runStepInTime<S extends keyof Stages>(
  step: Step<S>,
  work: Work<S>,
  deps: ProcessorDeps,
  deadline: Deadline,
): Promise<Work> {
  const workedBeforeMs = deadline.workedMs()
  try {
    return await deadline.bound(step(work, { ...deps, limits: shorten(deps.limits, deadline) }))
  } catch (error) {
    const hadItsTime = deadline.workedMs() - workedBeforeMs >= deps.limits.decodeTimeoutSeconds * 1_000
    const isImagesFault = error instanceof OutOfTime && work.stage === 'inspected' && hadItsTime
    throw isImagesFault ? new Rejection('processing_timeout', undefined, error) : error
  }
}

/** The limits as they are whenever they are read: an image may wait for its turn in the middle of a step. */
function shorten(limits: ProcessorLimits, deadline: Deadline): ProcessorLimits {
  return {
    ...limits,
    get imageTimeoutMs() {
      return deadline.millisecondsLeft()
    },
    get decodeTimeoutSeconds() {
      return Math.min(limits.decodeTimeoutSeconds, toTimeoutSeconds(deadline.millisecondsLeft()))
    },
    signal: deadline.signal,
    withMemory: holdInTime(limits.withMemory, deadline),
  }
}

/** Takes turns as long as there is time, and tells the deadline how long the image waits for them. */
function holdInTime(withMemory: WithMemory, deadline: Deadline): WithMemory {
  return (bytes, work) => {
    const stopWaiting = deadline.startWaiting()
    const begin = () => {
      stopWaiting()
      return work()
    }
    return withMemory(bytes, begin, deadline.signal)
  }
}
