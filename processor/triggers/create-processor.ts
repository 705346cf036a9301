import type { DeadLetters } from '../../core/events/dead-letters.ts'
import type { KafkaMessage } from '../../core/kafka/kafka-message.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { Observer } from '../pipeline/observer.ts'
import { type CallContext, createProcessOnce, isOver } from '../pipeline/process-once.ts'
import type { ProcessorDeps } from '../pipeline/stages.ts'
import type { FindTraceparent } from '../pipeline/trace-image.ts'
import { type CreatedObject, createHandleObjectsCreated } from './handle-objects-created.ts'
import { createHandleUploadsCompleted } from './handle-uploads-completed.ts'
import type { Reconcile } from './reconcile.ts'

export interface ProcessorOptions {
  deps: ProcessorDeps
  deadLetters: Pick<DeadLetters, 'publish'>
  reconcile: Reconcile
  /** Images processed concurrently, over all triggers. */
  imagesInFlight: number
  /** Attempts in this process after which a message that fails unexpectedly becomes a dead letter. */
  maxAttempts: number
  /** For triggers that carry no trace; absent when tracing is off. */
  findTraceparent?: FindTraceparent
  observer?: Observer
  logger: Logger
}

/** The functions that triggers call. An image that several triggers name at the same time is processed once. */
export interface Processor {
  /**
   * Processes the images that `image.upload.completed` messages name. A message that can never be processed becomes a dead letter.
   * @returns the messages to deliver again
   */
  handleUploadsCompleted(messages: KafkaMessage[], context?: CallContext): Promise<KafkaMessage[]>
  /**
   * Processes the images behind new objects in the raw bucket, and skips keys that are not those of uploads.
   * @throws AggregateError when the notification must be delivered again
   */
  handleObjectsCreated(objects: CreatedObject[], context?: CallContext): Promise<void>
  /** Processes images whose trigger was lost. @throws DependencyUnavailable (the next run can succeed) */
  reconcile(context?: CallContext): Promise<void>
}

export function createProcessor({ reconcile, ...options }: ProcessorOptions): Processor {
  const processOnce = createProcessOnce(options)
  return {
    handleUploadsCompleted: createHandleUploadsCompleted({ ...options, processOnce }),
    handleObjectsCreated: createHandleObjectsCreated({ ...options, processOnce }),
    reconcile: (context = {}) =>
      reconcile(
        (image) => processOnce(image, context),
        () => isOver(context, options.deps.now()),
      ),
  }
}
