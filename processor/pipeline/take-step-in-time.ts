import { Rejection } from '../../core/errors.ts'
import { toTimeoutSeconds } from '../imaging/limits.ts'
import type { WithMemory } from '../imaging/memory-semaphore.ts'
import { type Deadline, OutOfTime } from './deadline.ts'
import type { ProcessorDeps, ProcessorLimits, Stages, Step, Work } from './stages.ts'

/**
 * Takes a step as long as the image's deadline permits.
 * @throws OutOfTime; Rejection when the pixels alone, their turns not counted, have had the time of a whole decode: then another
 *   try is no use
 */
export async function takeStepInTime<S extends keyof Stages>(
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
