import type { ImageEvent } from '../images/image-event.ts'
import { type ImageRecord, sequenceOf } from '../images/image-record.ts'
import { rawKey } from '../images/object-key.ts'
import { traceparent } from '../telemetry/with-span.ts'

/** Each type of event has its own topic of the same name. */
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
 * Creates an event about an image.
 * @param record the record with the `sequence` that it has after the reported change
 * @param source the service that publishes it, such as `/hashgate/gateway`
 */
export function imageEvent(
  topic: Topic,
  record: ImageRecord,
  { source, nowMs, reason }: { source: string; nowMs: number; reason?: string },
): ImageEvent {
  const { tenant, imageId, generation, byteLength, contentType } = record
  const objectKey = rawKey(record)
  const sequence = sequenceOf(record)
  const trace = traceparent()
  const time = new Date(nowMs).toISOString()
  return {
    specversion: '1.0',
    // Only this event can occur more than once per upload.
    id: `${objectKey}/${topic}${topic === topics.reprocessed ? `/${time}` : ''}`,
    source,
    type: `hashgate.${topic}.v1`,
    subject: imageId,
    time,
    datacontenttype: 'application/json',
    ...(trace && { traceparent: trace }),
    data: {
      tenant,
      imageId,
      generation,
      objectKey,
      sequence,
      byteLength,
      contentType,
      ...(reason && { reason }),
    },
  }
}

/** The Kafka headers of an event. They repeat `traceparent` for consumers that do not parse the body. */
export function headersOf({ traceparent }: Pick<ImageEvent, 'traceparent'>) {
  return {
    'content-type': 'application/cloudevents+json; charset=UTF-8',
    ...(traceparent && { traceparent }),
  }
}

/** The topic that an event belongs on. */
export function topicOf(event: ImageEvent): Topic {
  return event.type.slice('hashgate.'.length, event.type.lastIndexOf('.v')) as Topic
}
