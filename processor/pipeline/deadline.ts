import { Rejection } from '../../core/errors.ts'
import { toTimeoutSeconds } from '../imaging/limits.ts'
import type { WithMemory } from '../imaging/memory-semaphore.ts'
import type { ProcessorDeps, ProcessorLimits, Stages, Step, Work } from './stages.ts'
import { systemTimers } from './timers.ts'

/** Processing was interrupted because time ran out. The image is not at fault, and a retry can help. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
  /** Whether the image had the full time and spent at least half of it on work rather than waiting for memory. */
  readonly hadItsTime: boolean

  constructor(message: string, { hadItsTime = true } = {}) {
    super(message)
    this.hadItsTime = hadItsTime
  }
}

/** The time of a call, such as one invocation of the Lambda function. */
export interface CallTime {
  /** Epoch milliseconds. */
  startedAtMs?: number
  /** Epoch milliseconds at which the call ends. Unfinished images are released before that and retried. */
  endsAtMs?: number
}

export interface Deadline {
  millisecondsLeft(): number
  /** Whether the call has ended. */
  isCallOver(): boolean
  /** Milliseconds since the start, without the time spent waiting for memory. */
  workedMs(): number
  /** Marks the start of a wait for memory. The returned function marks its end. */
  startWaiting(): () => void
  /** Aborted with an OutOfTime when time runs out. */
  signal: AbortSignal
  /**
   * Settles like `work`, or rejects with OutOfTime if time runs out first. Work that cannot be interrupted then continues in the
   * background, and its result is ignored.
   */
  bound<T>(work: Promise<T>): Promise<T>
  /** Clears the timer. */
  clear(): void
}

/**
 * Starts the deadline of one image: the end of the image's time limit or of the call, whichever comes first.
 * @param imageTimeoutMs maximum time for the image
 */
export function startDeadline(
  imageTimeoutMs: number,
  call: CallTime,
  { now, timers = systemTimers }: Pick<ProcessorDeps, 'now' | 'timers'>,
): Deadline {
  const callLeftMs = (call.endsAtMs ?? Number.POSITIVE_INFINITY) - now()
  const wholeMs = Math.max(0, Math.min(imageTimeoutMs, callLeftMs))
  const isWhole = callLeftMs >= imageTimeoutMs || !isLate(call, now())
  const startedAt = timers.uptimeMs()
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => {})
  const controller = new AbortController()
  const cancel = timers.schedule(wholeMs, end)
  let waitedMs = 0
  let waitingSince: number | undefined

  function end(): void {
    const hadItsTime = isWhole && workedMs() >= wholeMs / 2
    const outOfTime = new OutOfTime('the image was not finished in time', { hadItsTime })
    reject(outOfTime)
    controller.abort(outOfTime)
  }

  function workedMs(): number {
    const uptime = timers.uptimeMs()
    return uptime - startedAt - waitedMs - (uptime - (waitingSince ?? uptime))
  }

  function startWaiting(): () => void {
    const since = timers.uptimeMs()
    waitingSince = since
    return () => {
      waitedMs += timers.uptimeMs() - since
      waitingSince = undefined
    }
  }

  return {
    isCallOver: () => call.endsAtMs !== undefined && call.endsAtMs <= now(),
    millisecondsLeft: () => Math.max(0, startedAt + wholeMs - timers.uptimeMs()),
    workedMs,
    startWaiting,
    signal: controller.signal,
    bound: (work) => Promise.race([work, over]),
    clear: cancel,
  }
}

/** Whether the call is more than half over. An image started now would have more time in the next call. */
function isLate({ startedAtMs, endsAtMs }: CallTime, nowMs: number): boolean {
  return startedAtMs !== undefined && endsAtMs !== undefined && nowMs > (startedAtMs + endsAtMs) / 2
}

/**
 * Runs a step within the image's deadline.
 * @throws OutOfTime; Rejection when rendering alone, without waits for memory, used up the time for a decode, so that a retry would
 *   fail as well
 */
export async function runStepInTime<S extends keyof Stages>(
  step: Step<S>,
  work: Work<S>,
  deps: ProcessorDeps,
  deadline: Deadline,
): Promise<Work> {
  const workedBeforeMs = deadline.workedMs()
  try {
    return await deadline.bound(step(work, { ...deps, limits: limitsWithin(deps.limits, deadline) }))
  } catch (error) {
    const hadItsTime = deadline.workedMs() - workedBeforeMs >= deps.limits.decodeTimeoutSeconds * 1_000
    const isImageAtFault = error instanceof OutOfTime && work.stage === 'inspected' && hadItsTime
    throw isImageAtFault ? new Rejection('processing_timeout', undefined, error) : error
  }
}

/** Limits that shrink with the time left. They are computed when read, because a step can wait for memory in between. */
function limitsWithin(limits: ProcessorLimits, deadline: Deadline): ProcessorLimits {
  return {
    ...limits,
    get imageTimeoutMs() {
      return deadline.millisecondsLeft()
    },
    get decodeTimeoutSeconds() {
      return Math.min(limits.decodeTimeoutSeconds, toTimeoutSeconds(deadline.millisecondsLeft()))
    },
    signal: deadline.signal,
    withMemory: withMemoryInTime(limits.withMemory, deadline),
  }
}

/** Waits for memory within the deadline, and reports the wait to it. */
function withMemoryInTime(withMemory: WithMemory, deadline: Deadline): WithMemory {
  return (bytes, work) => {
    const stopWaiting = deadline.startWaiting()
    const begin = () => {
      stopWaiting()
      return work()
    }
    return withMemory(bytes, begin, deadline.signal)
  }
}
