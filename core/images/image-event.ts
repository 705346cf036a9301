import type { ImageRef } from './object-key.ts'

/**
 * A CloudEvents 1.0 event in structured JSON mode.
 *
 *     { "specversion": "1.0", "id": "local/9f86…/20261122/image.processed", "source": "/hashgate/processor",
 *       "type": "hashgate.image.processed.v1", "subject": "9f86…", "time": "2026-11-22T10:00:00.000Z",
 *       "datacontenttype": "application/json", "traceparent": "00-0af7…-b7ad…-01",
 *       "data": { "tenant": "local", "imageId": "9f86…", "generation": "20261122", "objectKey": "local/9f86…/20261122",
 *                 "sequence": 3 } }
 *
 * Delivery is at least once. `source` and `id` identify an event: repeated deliveries have the same ones.
 * Order is not guaranteed: `data.sequence` shows which of two events about an image is newer.
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
  /**
   * The `sequence` of the record after the change that the event reports, so that a consumer can drop an event that is older than the
   * last one it handled. Compare the day in `generation` (its first eight digits) first: a record that is created after the previous
   * one expired starts at 1 again. Absent in events of earlier versions.
   */
  sequence?: number
  byteLength: number
  contentType: string
  /** Set on `image.rejected`. */
  reason?: string
}
