import { DependencyUnavailable, Rejection } from '../core/errors.ts'
import { isFinal } from '../core/image-record.ts'
import type { ImageRef } from '../core/object-key.ts'
import { traced } from '../core/traced.ts'
import { announceResult } from './steps/announce-result.ts'
import { claimAgain } from './steps/claim-again.ts'
import { claimRecord } from './steps/claim-record.ts'
import { fetchOriginal } from './steps/fetch-original.ts'
import { inspectImage } from './steps/inspect-image.ts'
import { recordResult } from './steps/record-result.ts'
import { removeReplaced } from './steps/remove-replaced.ts'
import { renderVariants } from './steps/render-variants.ts'
import { storeManifest } from './steps/store-manifest.ts'
import { storeVariants } from './steps/store-variants.ts'
import type { Done, ProcessorDeps, Stages, Step, Work } from './work.ts'

type OpenStage = Exclude<keyof Stages, 'done'>

/** The whole way of an image: the stage that it has reached, and the step that takes it on from there. */
const steps: { [S in OpenStage]: Step<S> } = {
  asked: claimRecord, // one worker at a time; a lost lease means that someone else is on it
  askedAgain: claimAgain, // the same for an image that is ready, and stays so
  claimed: fetchOriginal, // streams, within a byte limit, and hashes again
  fetched: inspectImage, // real format, pixels, pages: refused here, before a pixel is decoded
  inspected: renderVariants, // one decode, several outputs
  rendered: storeVariants,
  judged: recordResult, // from here on the verdict stands: ready, or rejected with a reason
  recorded: storeManifest, // the record's facts, for analytics
  described: removeReplaced, // what no record names any more
  cleared: announceResult,
}

/**
 * Turns one raw upload into variants and a finished record. Any number of calls for one image, at once or one after
 * another, have one effect.
 * @throws only what a retry can cure
 */
export function processImage(image: ImageRef, deps: ProcessorDeps): Promise<Done> {
  return finishWork({ stage: 'asked', image }, deps)
}

/**
 * Makes the variants and the record of a `ready` image again, when another recipe has made them. It can be read all the
 * while; when it cannot be made again, it is left as it was. Any number of calls have one effect.
 * @throws only what a retry can cure
 */
export function reprocessImage(image: ImageRef, deps: ProcessorDeps): Promise<Done> {
  return finishWork({ stage: 'askedAgain', image }, deps)
}

async function finishWork(begun: Work, deps: ProcessorDeps): Promise<Done> {
  let work = begun
  while (work.stage !== 'done') work = await advance(work, deps)
  return work
}

async function advance(work: Work<OpenStage>, deps: ProcessorDeps): Promise<Work> {
  try {
    return await takeStep(work, deps)
  } catch (error) {
    if (work.stage === 'asked' || work.stage === 'askedAgain') throw error
    if (error instanceof Rejection)
      return isFinal(work.record) ? leaveAsItWas(work, error, deps) : judge(work, error)
    if (error instanceof DependencyUnavailable) await giveBack(work, deps)
    throw error
  }
}

function takeStep<S extends OpenStage>(work: Work<S>, deps: ProcessorDeps): Promise<Work> {
  const step: Step<S> = steps[work.stage]
  return traced(step.name, {}, () => step(work, deps))
}

function judge({ record, owner }: Stages['claimed'], { reason, message }: Rejection): Work<'judged'> {
  return {
    stage: 'judged',
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
 * A part that is away is no fault of the image: the next delivery may try at once. Any other error keeps the lease, so
 * that an image which fails for a reason nobody knows is tried again later, and not for ever.
 */
async function giveBack({ record, owner }: Stages['claimed'], { catalog }: ProcessorDeps): Promise<void> {
  await catalog.release(record, owner).catch(() => {})
}
