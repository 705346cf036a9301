import type { S3Event, S3EventRecord } from 'aws-lambda'
import { type ImageRef, parseRawKey } from '../../core/images/object-key.ts'

/** What S3 sends once, when a notification is set up. Source: "Event message structure", Amazon S3 User Guide. */
export interface S3TestEvent {
  Service: string
  Event: 's3:TestEvent'
}

export function isS3Event(event: object): event is S3Event | S3TestEvent {
  return 'Records' in event || ('Event' in event && event.Event === 's3:TestEvent')
}

/** One record: the image that it speaks of, or why it speaks of none. */
export type S3Item = {
  /** Key and sequencer. */
  id: string
} & ({ image: ImageRef } | { skipped: string })

/**
 * The images that an S3 notification speaks of.
 *
 *     { "Records": [{ "eventName": "ObjectCreated:Put", "s3": {
 *         "bucket": { "name": "raw" }, "object": { "key": "local/9f86…/20261122", "sequencer": "0055AED6DCD90281E5" } } }] }
 *
 * S3 form-encodes keys, other stores do not; a raw key is the same either way. Objects under keys that are not ours are skipped.
 * @param rawBucket events of other buckets are left out: a store may send those of our own outputs as well
 */
export function readS3Event(event: S3Event | S3TestEvent, rawBucket: string): S3Item[] {
  if (!('Records' in event)) return []
  return event.Records.filter(isCreation)
    .filter(({ s3 }) => s3.bucket.name === rawBucket)
    .map(readRecord)
}

function isCreation({ eventName }: S3EventRecord): boolean {
  return eventName.replace(/^s3:/, '').startsWith('ObjectCreated:')
}

function readRecord({ s3: { object } }: S3EventRecord): S3Item {
  const id = `${object.key}#${object.sequencer}`
  const image = parseRawKey(decodeKey(object.key))
  return image ? { id, image } : { id, skipped: 'the key is not one of a raw upload' }
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}
