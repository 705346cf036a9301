import { parseRawKey } from '../../core/images/object-key.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { CallContext, ProcessOnce } from '../pipeline/process-once.ts'

/** A new object in the raw bucket. */
export interface CreatedObject {
  key: string
  /** Orders the events of one key; for the log. */
  sequencer?: string
}

interface HandlerOptions {
  processOnce: ProcessOnce
  logger: Logger
}

/** Returns the function that processes every image of an S3 notification; see `Processor.handleObjectsCreated`. */
export function createHandleObjectsCreated({ processOnce, logger }: HandlerOptions) {
  return async function handleObjectsCreated(
    objects: CreatedObject[],
    context: CallContext = {},
  ): Promise<void> {
    const results = await Promise.allSettled(objects.map((object) => handleObject(object, context)))
    const errors = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} images will be retried`)
  }

  async function handleObject({ key, sequencer }: CreatedObject, context: CallContext): Promise<void> {
    const image = parseRawKey(key)
    if (image) await processOnce(image, context)
    else {
      const item = `${key}#${sequencer}`
      logger.warn(
        { operation: 'trigger', item, requestId: context.awsRequestId },
        'skipped an object whose key is not that of an upload',
      )
    }
  }
}
