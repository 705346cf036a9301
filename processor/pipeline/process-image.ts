import { DependencyUnavailable, Rejection } from '../../core/errors.ts'
import { isFinal } from '../../core/images/image-record.ts'
import type { ImageRef } from '../../core/images/object-key.ts'
import { withSpan } from '../../core/telemetry/with-span.ts'
import { type CallTime, type Deadline, OutOfTime, runStepInTime, startDeadline } from './deadline.ts'
import type { Done, ProcessorDeps, Stages, Step, Work } from './stages.ts'
import { announceResult } from './steps/announce-result.ts'
import { claimForReprocess } from './steps/claim-for-reprocess.ts'
import { claimRecord } from './steps/claim-record.ts'
import { fetchOriginal } from './steps/fetch-original.ts'
import { inspectImage } from './steps/inspect-image.ts'
import { recordResult } from './steps/record-result.ts'
import { removeReplaced } from './steps/remove-replaced.ts'
import { renderVariants } from './steps/render-variants.ts'
import { storeManifest } from './steps/store-manifest.ts'
import { storeVariants } from './steps/store-variants.ts'

type OpenStage = Exclude<keyof Stages, 'done'>

/** The whole way of an image: the stage that it has reached, and the step that takes it on from there. */
const steps: { [S in OpenStage]: Step<S> } = {
  requested: claimRecord, // one worker at a time; a lost lease means that someone else is on it
  reprocessRequested: claimForReprocess, // the same for an image that is ready, and stays so
  claimed: fetchOriginal, // streams, within a byte limit, and hashes again
  fetched: inspectImage, // real format, pixels, pages: refused here, before a pixel is decoded
  inspected: renderVariants, // one decode, several outputs
  rendered: storeVariants,
  decided: recordResult, // from here on the verdict stands: ready, or rejected with a reason
  recorded: storeManifest, // the record's facts, for analytics
  manifestStored: removeReplaced, // what no record names any more
  staleDeleted: announceResult,
}

/** Bounded by the image's deadline. What it takes to claim, to record and to tell, the clients' own timeouts bound. */
const timed = new Set<OpenStage>(['claimed', 'fetched', 'inspected', 'rendered'])

/** Not begun when the call is over: the record is written, and the next delivery or the reconciler goes on from there. */
const deferrable = new Set<OpenStage>(['recorded', 'manifestStored', 'staleDeleted'])

/**
 * Turns one raw upload into variants and a finished record. Any number of calls for one image, at once or one after
 * another, have one effect.
 * @param call ends some seconds before the caller is gone: they are for the one step at hand, and for giving the image back
 * @throws only what a retry can cure
 */
export function processImage(image: ImageRef, deps: ProcessorDeps, call?: CallTime): Promise<Done> {
  return finishWork({ stage: 'requested', image }, deps, call)
}

/**
 * Makes the variants and the record of a `ready` image again, when another recipe has made them. It can be read all the
 * while; when it cannot be made again, it is left as it was. Any number of calls have one effect.
 * @throws only what a retry can cure
 */
export function reprocessImage(image: ImageRef, deps: ProcessorDeps): Promise<Done> {
  return finishWork({ stage: 'reprocessRequested', image }, deps)
}

async function finishWork(begun: Work, deps: ProcessorDeps, call?: CallTime): Promise<Done> {
  const deadline = startDeadline(deps.limits.imageTimeoutMs, call)
  try {
    let work = begun
    while (work.stage !== 'done') work = await advance(work, deps, deadline)
    return work
  } finally {
    deadline.clear()
  }
}

async function advance(work: Work<OpenStage>, deps: ProcessorDeps, deadline: Deadline): Promise<Work> {
  try {
    return await takeStep(work, deps, deadline)
  } catch (error) {
    if (work.stage === 'requested' || work.stage === 'reprocessRequested') throw error
    if (error instanceof Rejection)
      return isFinal(work.record) ? leaveAsItWas(work, error, deps) : judge(work, error)
    if (error instanceof DependencyUnavailable) await giveBack(work, deps, { attemptCounts: false })
    if (error instanceof OutOfTime) await giveBack(work, deps, { attemptCounts: error.hadItsTime })
    throw error
  }
}

async function takeStep<S extends OpenStage>(
  work: Work<S>,
  deps: ProcessorDeps,
  deadline: Deadline,
): Promise<Work> {
  if (deferrable.has(work.stage) && deadline.isCallOver()) throw new OutOfTime('the end was not told in time')
  const step: Step<S> = steps[work.stage]
  const take = () => (timed.has(work.stage) ? runStepInTime(step, work, deps, deadline) : step(work, deps))
  return withSpan(step.name, {}, take)
}

function judge({ record, owner }: Stages['claimed'], { reason, message }: Rejection): Work<'decided'> {
  return {
    stage: 'decided',
    record,
    owner,
    result: { status: 'rejected', rejection: { reason, detail: message } },
  }
}

/** What was ready once stays so: another recipe, or a lower limit, is no reason to take it away. */
async function leaveAsItWas(
  { record, owner }: Stages['claimed'],
  { reason }: Rejection,
  { catalog }: ProcessorDeps,
): Promise<Work<'done'>> {
  await catalog.release(record, owner)
  return { stage: 'done', outcome: 'left as it was', reason }
}

/**
 * A part that is away is no fault of the image: the next delivery may try at once. So it may when time has run out, but an
 * image that never finishes in time is not tried for ever: only what was begun late in its call, or has mostly waited for
 * others, does not count. Any other error keeps the lease: an image which fails for a reason nobody knows is tried again
 * later, and not for ever.
 */
async function giveBack(
  { record, owner }: Stages['claimed'],
  { catalog }: ProcessorDeps,
  { attemptCounts }: { attemptCounts: boolean },
): Promise<void> {
  await catalog.release(record, owner, { attemptCounts }).catch(() => {})
}
