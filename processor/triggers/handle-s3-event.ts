import type { S3Event } from 'aws-lambda'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { CallContext, ProcessOnce } from '../pipeline/process-once.ts'
import { readS3Event, type S3Item, type S3TestEvent } from './read-s3-event.ts'

interface S3HandlerOptions {
  processOnce: ProcessOnce
  rawBucket: string
  logger: Logger
}

/** Makes the function that tries every record of an S3 notification. It throws AggregateError when the event must come again. */
export function createHandleS3Event({ processOnce, rawBucket, logger }: S3HandlerOptions) {
  return async function handleS3Event(event: S3Event | S3TestEvent, context: CallContext): Promise<void> {
    const items = readS3Event(event, rawBucket)
    const ends = await Promise.allSettled(items.map((item) => handleItem(item, context)))
    const failures = ends.filter((end) => end.status === 'rejected').map((end) => end.reason)
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} images must come again`)
  }

  async function handleItem(item: S3Item, context: CallContext): Promise<void> {
    if ('skipped' in item) {
      logger.warn({ operation: 'trigger', item: item.id, requestId: context.awsRequestId }, item.skipped)
      return
    }
    await processOnce(item.image, context)
  }
}
