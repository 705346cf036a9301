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
  /** Images worked on at the same time. */
  imagesInFlight: number
  /** For events that bring no trace; absent when nothing is traced. */
  findTraceparent?: FindTraceparent
  observer?: Pick<Observer, 'imageFinished' | 'imageFailed'>
  logger: Logger
}

/** Of the call that asks. */
export interface CallContext extends CallTime {
  awsRequestId?: string
  /** Of the trace that the event brings with it. */
  traceparent?: string
  /** Aborted: begin no more images. */
  signal?: AbortSignal
}

export type ProcessOnce = ReturnType<typeof createProcessOnce>

/** Makes the function that works on an image once, however many ask for it at the same time: all get its end. */
export function createProcessOnce({
  deps,
  imagesInFlight,
  findTraceparent,
  observer,
  logger,
}: ProcessOnceOptions) {
  const limit = limitConcurrency(imagesInFlight)
  const underWay = new Map<string, Promise<Done>>()

  return function processOnce(image: ImageRef, context: CallContext = {}): Promise<Done> {
    const key = rawKey(image)
    const shared = underWay.get(key) ?? start(image, context).finally(() => underWay.delete(key))
    underWay.set(key, shared)
    return shared
  }

  function start(image: ImageRef, context: CallContext): Promise<Done> {
    return limit(async () => {
      context.signal?.throwIfAborted()
      if (isOver(context)) throw new OutOfTime('the image was not begun in time')
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
      logger[level]({ ...facts(), code: codeOf(error), err: error }, 'not done')
      observer?.imageFailed(codeOf(error))
      throw error
    }
  }
}

/** Whether the call has no time left for another image. */
export function isOver({ signal, endsAtMs = Number.POSITIVE_INFINITY }: CallContext): boolean {
  return signal?.aborted || endsAtMs <= Date.now()
}
