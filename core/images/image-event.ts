import type { ImageRef } from './object-key.ts'

/**
 * A CloudEvents 1.0 event in structured JSON mode.
 *
 *     { "specversion": "1.0", "id": "local/9f86…/20261122/image.processed", "source": "/hashgate/processor",
 *       "type": "hashgate.image.processed.v1", "subject": "9f86…", "time": "2026-11-22T10:00:00.000Z",
 *       "datacontenttype": "application/json", "traceparent": "00-0af7…-b7ad…-01",
 *       "data": { "tenant": "local", "imageId": "9f86…", "generation": "20261122", "objectKey": "local/9f86…/20261122" } }
 *
 * Delivery is at least once. `source` and `id` identify an event: repeated deliveries have the same ones.
 * Sources: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, and
 * …/extensions/distributed-tracing.md for `traceparent`, which is set when the request was traced.
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
