import type { S3Event, S3EventRecord } from 'aws-lambda'
import type { CreatedObject } from './handle-objects-created.ts'

/** What S3 sends once, when a notification is configured. Source: "Event message structure", Amazon S3 User Guide. */
export interface S3TestEvent {
  Service: string
  Event: 's3:TestEvent'
}

export function isS3Event(event: object): event is S3Event | S3TestEvent {
  return 'Records' in event || ('Event' in event && event.Event === 's3:TestEvent')
}

/**
 * The new objects that an S3 notification names.
 *
 *     { "Records": [{ "eventName": "ObjectCreated:Put", "s3": {
 *         "bucket": { "name": "raw" }, "object": { "key": "local/9f86…/20261122", "sequencer": "0055AED6DCD90281E5" } } }] }
 *
 * S3 form-encodes keys and some other stores do not; the key of an upload is the same either way.
 * @param rawBucket other buckets are left out: a store may also send events for the processor's own outputs
 */
export function readS3Event(event: S3Event | S3TestEvent, rawBucket: string): CreatedObject[] {
  if (!('Records' in event)) return []
  return event.Records.filter(isCreation)
    .filter(({ s3 }) => s3.bucket.name === rawBucket)
    .map(({ s3: { object } }) => ({ key: decodeKey(object.key), sequencer: object.sequencer }))
}

function isCreation({ eventName }: S3EventRecord): boolean {
  return eventName.replace(/^s3:/, '').startsWith('ObjectCreated:')
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}
