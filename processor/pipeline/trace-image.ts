import { SpanKind } from '@opentelemetry/api'
import type { Bucket } from '../../core/aws/bucket.ts'
import { type ImageRef, rawKey } from '../../core/images/object-key.ts'
import { continueTrace, withSpan } from '../../core/telemetry/with-span.ts'

/** Finds the trace in which an image was uploaded. */
export type FindTraceparent = (image: ImageRef) => Promise<string | undefined>

/** The stored object has the trace in its metadata, where a signed header of the upload has put it. */
export function createFindTraceparent(rawBucket: Pick<Bucket, 'head'>): FindTraceparent {
  return async (image) => {
    // Without an answer the work goes on, in a trace of its own: the store will be asked again anyway.
    const found = await rawBucket.head(rawKey(image)).catch(() => undefined)
    return found?.traceparent
  }
}

/** Works on an image as a part of the trace `parent`, in W3C's notation. */
export function traceImage<T>(
  image: ImageRef,
  parent: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const attributes = { 'hashgate.tenant': image.tenant, 'hashgate.image_id': image.imageId }
  return continueTrace(parent, () => withSpan('process image', { kind: SpanKind.CONSUMER, attributes }, work))
}
