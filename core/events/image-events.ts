import type { ImageEvent } from '../images/image-event.ts'
import type { ImageRecord } from '../images/image-record.ts'
import { rawKey } from '../images/object-key.ts'
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
