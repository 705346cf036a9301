import type { S3Event, S3EventRecord } from 'aws-lambda'
import { parseRawKey } from '../core/object-key.ts'
import type { TriggerItem } from './trigger-item.ts'

/** What S3 sends once, when a notification is set up. Source: "Event message structure", Amazon S3 User Guide. */
export interface S3TestEvent {
  Service: string
  Event: 's3:TestEvent'
}

/**
 * The images that an S3 notification speaks of.
 *
 *     { "Records": [{ "eventName": "ObjectCreated:Put", "s3": {
 *         "bucket": { "name": "raw" }, "object": { "key": "local/9f86…/20261122", "sequencer": "0055AED6DCD90281E5" } } }] }
 *
 * Keys arrive form-encoded. Objects under keys that are not ours, such as our own outputs, are skipped.
 */
export function readS3Event(event: S3Event | S3TestEvent): TriggerItem[] {
  return 'Records' in event ? event.Records.filter(isCreation).map(readRecord) : []
}

function isCreation({ eventName }: S3EventRecord): boolean {
  return eventName.replace(/^s3:/, '').startsWith('ObjectCreated:')
}

function readRecord({ s3: { object } }: S3EventRecord): TriggerItem {
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
