import { Rejection } from '../core/errors.ts'
import { type Deadline, OutOfTime } from './start-deadline.ts'
import type { ProcessorDeps, ProcessorLimits, Stages, Step, Work } from './work.ts'

/**
 * Takes a step as long as the image's deadline permits.
 * @throws OutOfTime; Rejection when the pixels alone have had the time of a whole decode: then another try is no use
 */
export async function takeStepInTime<S extends keyof Stages>(
  step: Step<S>,
  work: Work<S>,
  deps: ProcessorDeps,
  deadline: Deadline,
): Promise<Work> {
  const startedAt = performance.now()
  try {
    return await deadline.bound(step(work, { ...deps, limits: shorten(deps.limits, deadline) }))
  } catch (error) {
    const hadItsTime = performance.now() - startedAt >= deps.limits.decodeTimeoutSeconds * 1_000
    const isImagesFault = error instanceof OutOfTime && work.stage === 'inspected' && hadItsTime
    throw isImagesFault ? new Rejection('processing_timeout', undefined, error) : error
  }
}

/** libvips can only be stopped by a time that it is told at the start. A second later than ours: ours is no verdict. */
function shorten(limits: ProcessorLimits, deadline: Deadline): ProcessorLimits {
  const imageTimeoutMs = deadline.millisecondsLeft()
  const secondsLeft = Math.ceil(imageTimeoutMs / 1_000) + 1
  return {
    ...limits,
    imageTimeoutMs,
    decodeTimeoutSeconds: Math.min(limits.decodeTimeoutSeconds, secondsLeft),
  }
}
