import { SpanKind } from '@opentelemetry/api'
import type { Bucket } from '../../core/aws/bucket.ts'
import { type ImageRef, rawKey } from '../../core/images/object-key.ts'
import { continueTrace, withSpan } from '../../core/telemetry/with-span.ts'

/** Finds the trace of an image's upload. */
export type FindTraceparent = (image: ImageRef) => Promise<string | undefined>

/** Reads the trace from the metadata of the stored object, where a signed header of the upload put it. */
export function createFindTraceparent(rawBucket: Pick<Bucket, 'head'>): FindTraceparent {
  return async (image) => {
    // On failure, processing continues in a new trace.
    const found = await rawBucket.head(rawKey(image)).catch(() => undefined)
    return found?.traceparent
  }
}

/** Runs `work` in a span of the trace `parent`, given as a W3C traceparent. */
export function traceImage<T>(
  image: ImageRef,
  parent: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const attributes = { 'hashgate.tenant': image.tenant, 'hashgate.image_id': image.imageId }
  return continueTrace(parent, () => withSpan('process image', { kind: SpanKind.CONSUMER, attributes }, work))
}
