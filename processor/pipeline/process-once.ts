import { type ImageRef, rawKey } from '../../core/images/object-key.ts'
import { limitConcurrency } from '../../core/limit-concurrency.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import { codeOf, isExpected } from './classify-error.ts'
import { type CallTime, OutOfTime } from './deadline.ts'
import type { Observer } from './observer.ts'
import { processImage } from './process-image.ts'
import type { Done, ProcessorDeps } from './stages.ts'
import { type FindTraceparent, traceImage } from './trace-image.ts'

interface ProcessOnceOptions {
  deps: ProcessorDeps
  /** Images processed concurrently. */
  imagesInFlight: number
  /** For triggers that carry no trace; absent when tracing is off. */
  findTraceparent?: FindTraceparent
  observer?: Pick<Observer, 'imageFinished' | 'imageFailed'>
  logger: Logger
}

/** The call that a trigger makes. */
export interface CallContext extends CallTime {
  awsRequestId?: string
  /** The trace that the trigger carries. */
  traceparent?: string
  /** When aborted, no further image is started. */
  signal?: AbortSignal
}

export type ProcessOnce = ReturnType<typeof createProcessOnce>

/** Creates the function that processes an image once for any number of concurrent callers, who all get the result. */
export function createProcessOnce({
  deps,
  imagesInFlight,
  findTraceparent,
  observer,
  logger,
}: ProcessOnceOptions) {
  const limit = limitConcurrency(imagesInFlight)
  /** Whether this process has completed an image, so that a start without a result is attributed to the image. */
  let isProven = false
  const inProgress = new Map<string, Promise<Done>>()

  return function processOnce(image: ImageRef, context: CallContext = {}): Promise<Done> {
    const key = rawKey(image)
    const shared = inProgress.get(key) ?? start(image, context).finally(() => inProgress.delete(key))
    inProgress.set(key, shared)
    return shared
  }

  /** An image whose earlier start ended without a result runs alone: it may have crashed the process and the other images in it. */
  async function start(image: ImageRef, context: CallContext): Promise<Done> {
    const alone = imagesInFlight === 1
    const done = await limit(() => startInSlot(image, context, alone))
    if (done.outcome !== 'must run alone') return done
    return limit(() => startInSlot(image, context, true), imagesInFlight)
  }

  async function startInSlot(image: ImageRef, context: CallContext, alone: boolean): Promise<Done> {
    context.signal?.throwIfAborted()
    if (isOver(context, deps.now())) throw new OutOfTime('the call had no time left for this image')
    const parent = context.traceparent ?? (await findTraceparent?.(image))
    return traceImage(image, parent, () => processAndLog(image, context, alone))
  }

  async function processAndLog(image: ImageRef, context: CallContext, alone: boolean): Promise<Done> {
    const startedAt = performance.now()
    const facts = () => ({
      operation: 'process-image',
      tenant: image.tenant,
      imageId: image.imageId,
      requestId: context.awsRequestId,
      durationMs: Math.round(performance.now() - startedAt),
    })
    try {
      const done = await processImage(image, deps, context, { alone, counts: alone && isProven })
      if (done.outcome === 'must run alone') return done
      if (done.outcome === 'ready') isProven = true
      logger.info({ ...facts(), code: done.reason, gainMapOmitted: done.gainMapOmitted }, done.outcome)
      observer?.imageFinished(done, performance.now() - startedAt)
      return done
    } catch (error) {
      // The process did not crash, and the image had its full time.
      if (error instanceof OutOfTime && error.hadItsTime) isProven = true
      const level = isExpected(error) ? 'warn' : 'error'
      logger[level]({ ...facts(), code: codeOf(error), err: error }, 'image processing failed')
      observer?.imageFailed(codeOf(error))
      throw error
    }
  }
}

/** Whether the call has no time left to start another image. */
export function isOver({ signal, endsAtMs = Number.POSITIVE_INFINITY }: CallContext, nowMs: number): boolean {
  return signal?.aborted || endsAtMs <= nowMs
}
