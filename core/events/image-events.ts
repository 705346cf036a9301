import type { ImageRecord } from '../images/image-record.ts'
import { type ImageRef, rawKey } from '../images/object-key.ts'
import { traceparent } from '../telemetry/with-span.ts'

/** Each event has a topic of its own, of the same name. */
export const topics = {
  uploadRequested: 'image.upload.requested',
  uploadCompleted: 'image.upload.completed',
  processed: 'image.processed',
  rejected: 'image.rejected',
  reprocessed: 'image.reprocessed',
  deadLetter: 'image.upload.completed.dead-letter',
} as const

export type Topic = (typeof topics)[keyof typeof topics]

/**
 * A CloudEvents 1.0 event in structured JSON mode.
 *
 *     { "specversion": "1.0", "id": "local/9f86…/20261122/image.processed", "source": "/hashgate/processor",
 *       "type": "hashgate.image.processed.v1", "subject": "9f86…", "time": "2026-11-22T10:00:00.000Z",
 *       "datacontenttype": "application/json", "traceparent": "00-0af7…-b7ad…-01",
 *       "data": { "tenant": "local", "imageId": "9f86…", "generation": "20261122", "objectKey": "local/9f86…/20261122" } }
 *
 * Delivery is at least once. `source` and `id` name the occurrence, not the delivery: a repeated event has the same.
 * Sources: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, and
 * …/extensions/distributed-tracing.md for `traceparent`, which is there when the request was traced.
 */
export interface ImageEvent {
  specversion: '1.0'
  id: string
  source: string
  type: string
  subject: string
  time: string
  datacontenttype: 'application/json'
  traceparent?: string
  data: ImageEventData
}

export interface ImageEventData extends ImageRef {
  /** Key in the raw bucket. */
  objectKey: string
  byteLength: number
  contentType: string
  /** Set on `image.rejected`. */
  reason?: string
}

/** @param source which part speaks, such as `/hashgate/gateway` */
export function imageEvent(
  topic: Topic,
  record: ImageRecord,
  { source, nowMs, reason }: { source: string; nowMs: number; reason?: string },
): ImageEvent {
  const { tenant, imageId, generation, byteLength, contentType } = record
  const objectKey = rawKey(record)
  const trace = traceparent()
  const time = new Date(nowMs).toISOString()
  return {
    specversion: '1.0',
    // Only this one happens more than once in an image's life.
    id: `${objectKey}/${topic}${topic === topics.reprocessed ? `/${time}` : ''}`,
    source,
    type: `hashgate.${topic}.v1`,
    subject: imageId,
    time,
    datacontenttype: 'application/json',
    ...(trace && { traceparent: trace }),
    data: { tenant, imageId, generation, objectKey, byteLength, contentType, ...(reason && { reason }) },
  }
}

/** Of an event's message. The trace is there as well, for consumers that do not look inside. */
export function headersOf({ traceparent }: Pick<ImageEvent, 'traceparent'>) {
  return {
    'content-type': 'application/cloudevents+json; charset=UTF-8',
    ...(traceparent && { traceparent }),
  }
}

/** The topic that an event belongs on. */
export function topicOf(event: ImageEvent): Topic {
  return event.type.replace(/^hashgate\.(.+)\.v\d+$/, '$1') as Topic
}
