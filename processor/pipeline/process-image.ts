import type { Start } from '../../core/catalog/image-claims.ts'
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
import { renderVariants } from './steps/render-variants.ts'
import { storeManifest } from './steps/store-manifest.ts'
import { storeVariants } from './steps/store-variants.ts'
import { storedFacts } from './stored-facts.ts'

type OpenStage = Exclude<keyof Stages, 'done'>

/** The pipeline: for each stage that an image can be in, the step that moves it on. */
const steps: { [S in OpenStage]: Step<S> } = {
  requested: claimRecord, // one worker at a time; a lost lease means that another worker has the image
  reprocessRequested: claimForReprocess, // the same for an image that is already ready and stays readable
  claimed: fetchOriginal, // streams within a byte limit and verifies the hash
  fetched: inspectImage, // checks the real format, dimensions and pages before any pixel is decoded
  inspected: renderVariants, // one decode, several outputs
  rendered: storeVariants,
  decided: recordResult, // ready, or rejected with a reason; from here on the decision is final
  recorded: storeManifest, // the record's facts for analytics
  manifestStored: announceResult,
}

/** Stages bounded by the image's deadline. The time-outs of the clients bound the others. */
const timed = new Set<OpenStage>(['claimed', 'fetched', 'inspected', 'rendered'])

/** Stages not started after the end of the call. The record is final by then, and the next delivery or the reconciler continues. */
const deferrable = new Set<OpenStage>(['recorded', 'manifestStored'])

/**
 * Turns one raw upload into variants and a final record. Any number of calls for one image, concurrent or repeated, have one effect.
 * @param call must end some seconds before the caller does, so that the current step can finish and the image can be released
 * @param start whether other images are in progress in this process, and whether the start counts
 * @throws only errors for which a retry can help
 */
export function processImage(
  image: ImageRef,
  deps: ProcessorDeps,
  call?: CallTime,
  start?: Start,
): Promise<Done> {
  return runPipeline({ stage: 'requested', image, start }, deps, call)
}

/**
 * Reprocesses a `ready` image whose recipe is outdated. The image stays readable throughout, and stays unchanged if it cannot be
 * reprocessed. Any number of calls have one effect.
 * @throws only errors for which a retry can help
 */
export function reprocessImage(image: ImageRef, deps: ProcessorDeps): Promise<Done> {
  return runPipeline({ stage: 'reprocessRequested', image }, deps)
}

async function runPipeline(start: Work, deps: ProcessorDeps, call: CallTime = {}): Promise<Done> {
  const deadline = startDeadline(deps.limits.imageTimeoutMs, call, deps)
  try {
    let work = start
    while (work.stage !== 'done') work = await advance(work, deps, deadline)
    return work
  } finally {
    deadline.clear()
  }
}

async function advance(work: Work<OpenStage>, deps: ProcessorDeps, deadline: Deadline): Promise<Work> {
  try {
    return await runStep(work, deps, deadline)
  } catch (error) {
    if (work.stage === 'requested' || work.stage === 'reprocessRequested') throw error
    if (error instanceof Rejection)
      return isFinal(work.record) ? leaveUnchanged(work, error, deps) : reject(work, error)
    if (error instanceof DependencyUnavailable) await release(work, deps, { attemptCounts: false })
    if (error instanceof OutOfTime) await release(work, deps, { attemptCounts: error.hadItsTime })
    throw error
  }
}

async function runStep<S extends OpenStage>(
  work: Work<S>,
  deps: ProcessorDeps,
  deadline: Deadline,
): Promise<Work> {
  if (deferrable.has(work.stage) && deadline.isCallOver())
    throw new OutOfTime('the result was not published in time')
  const step: Step<S> = steps[work.stage]
  const run = () => (timed.has(work.stage) ? runStepInTime(step, work, deps, deadline) : step(work, deps))
  return withSpan(step.name, {}, run)
}

type FailedWork = Exclude<Work<OpenStage>, Work<'requested' | 'reprocessRequested'>>

function reject(work: FailedWork, { reason, message }: Rejection): Work<'decided'> {
  const { record, owner, storedAtMs } = work
  const stored = 'original' in work ? storedFacts(work) : {}
  const rejection = { reason, detail: message }
  return { stage: 'decided', record, owner, storedAtMs, result: { status: 'rejected', rejection, ...stored } }
}

/** An image that was ready stays ready, even if it fails with a new recipe or a lower limit. */
async function leaveUnchanged(
  { record, owner }: Stages['claimed'],
  { reason }: Rejection,
  { catalog }: ProcessorDeps,
): Promise<Work<'done'>> {
  await catalog.release(record, owner)
  return { stage: 'done', outcome: 'unchanged', reason }
}

/**
 * Releases the image after a failure that it did not cause, so that the next delivery can retry at once. Running out of time counts as
 * an attempt unless the image started late in its call or mostly waited for memory, so an image that is always too slow is given up
 * in the end. After an unexpected error the lease is kept: the image is retried once it expires, a limited number of times.
 */
async function release(
  { record, owner }: Stages['claimed'],
  { catalog }: ProcessorDeps,
  { attemptCounts }: { attemptCounts: boolean },
): Promise<void> {
  await catalog.release(record, owner, { attemptCounts }).catch(() => {})
}
