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
  const inProgress = new Map<string, Promise<Done>>()

  return function processOnce(image: ImageRef, context: CallContext = {}): Promise<Done> {
    const key = rawKey(image)
    const shared = inProgress.get(key) ?? start(image, context).finally(() => inProgress.delete(key))
    inProgress.set(key, shared)
    return shared
  }

  function start(image: ImageRef, context: CallContext): Promise<Done> {
    return limit(async () => {
      context.signal?.throwIfAborted()
      if (isOver(context, deps.now())) throw new OutOfTime('the call had no time left for this image')
      const parent = context.traceparent ?? (await findTraceparent?.(image))
      return traceImage(image, parent, () => processAndLog(image, context))
    })
  }

  async function processAndLog(image: ImageRef, context: CallContext): Promise<Done> {
    const startedAt = performance.now()
    const facts = () => ({
      operation: 'process-image',
      tenant: image.tenant,
      imageId: image.imageId,
      requestId: context.awsRequestId,
      durationMs: Math.round(performance.now() - startedAt),
    })
    try {
      const done = await processImage(image, deps, context)
      logger.info({ ...facts(), code: done.reason }, done.outcome)
      observer?.imageFinished(done, performance.now() - startedAt)
      return done
    } catch (error) {
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
