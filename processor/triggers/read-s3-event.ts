import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { parseJson } from '../../core/parse-json.ts'
import type { CreatedObject } from './handle-objects-created.ts'

/** The new objects in an event, and the number of its parts that are not S3 events. A retry cannot read those either. */
export interface S3Objects {
  objects: CreatedObject[]
  unreadable: number
}

const { Object: Shape, String: Text, Literal } = Type
const object = Shape({ key: Text(), sequencer: Type.Optional(Text()) })
const bucket = Shape({ name: Text() })

/** S3's own record, of "Event message structure", Amazon S3 User Guide. The key is form-encoded. */
const s3Record = Compile(Shape({ eventName: Text(), s3: Shape({ bucket, object }) }))
/** S3 sends it once when a notification is configured. Same source. */
const testEvent = Compile(Shape({ Event: Literal('s3:TestEvent') }))
/** Source: "EventBridge event message structure", Amazon S3 User Guide. The key is not encoded. */
const eventBridgeEvent = Compile(
  Shape({ source: Literal('aws.s3'), 'detail-type': Text(), detail: Shape({ bucket, object }) }),
)
/** Source: "Process Amazon SNS notifications with Lambda", AWS Lambda Developer Guide. */
const snsRecord = Compile(Shape({ EventSource: Literal('aws:sns'), Sns: Shape({ Message: Text() }) }))
/** In a queue, or sent over HTTP. Source: "Parsing message formats", Amazon SNS Developer Guide. */
const snsNotification = Compile(Shape({ Type: Literal('Notification'), Message: Text() }))
/** Source: "Using Lambda with Amazon SQS", AWS Lambda Developer Guide. */
const sqsRecord = Compile(Shape({ eventSource: Literal('aws:sqs'), body: Text() }))
const list = Compile(Shape({ Records: Type.Array(Type.Unknown()) }))

/** A queue that holds notifications of a topic that holds events of S3. */
const maxWraps = 3

export function isS3Event(event: object): boolean {
  return 'Records' in event || testEvent.Check(event) || ('source' in event && event.source === 'aws.s3')
}

/**
 * Finds the new objects of an S3 event, sent by S3 itself or through SNS, SQS or EventBridge, in any combination.
 *
 *     { "Records": [{ "eventName": "ObjectCreated:Put", "s3": {
 *         "bucket": { "name": "raw" }, "object": { "key": "local/9f86…/20261122", "sequencer": "0055AED6DCD90281E5" } } }] }
 *
 * @param rawBucket other buckets are left out: a store may also send events for the processor's own outputs
 */
export function readS3Event(event: unknown, rawBucket: string): S3Objects {
  const found = findObjects(event, 0)
  const objects = found
    .filter((part) => part !== undefined)
    .filter(({ bucket }) => bucket === rawBucket)
    .map(({ key, sequencer }) => ({ key, sequencer }))
  return { objects, unreadable: found.filter((part) => part === undefined).length }
}

/** Undefined for each part that is not an S3 event. */
function findObjects(event: unknown, wraps: number): (FoundObject | undefined)[] {
  if (testEvent.Check(event)) return []
  if (eventBridgeEvent.Check(event)) return readEventBridge(event)
  if (snsNotification.Check(event)) return unwrap(event.Message, wraps)
  if (list.Check(event)) return event.Records.flatMap((record) => readRecord(record, wraps))
  return [undefined]
}

interface FoundObject extends CreatedObject {
  bucket: string
}

function readRecord(record: unknown, wraps: number): (FoundObject | undefined)[] {
  if (snsRecord.Check(record)) return unwrap(record.Sns.Message, wraps)
  if (sqsRecord.Check(record)) return unwrap(record.body, wraps)
  if (!s3Record.Check(record)) return [undefined]
  // Some other stores do not encode keys; the key of an upload is the same either way.
  const { bucket, object } = record.s3
  const isCreation = record.eventName.replace(/^s3:/, '').startsWith('ObjectCreated:')
  return isCreation ? [{ bucket: bucket.name, key: decodeKey(object.key), sequencer: object.sequencer }] : []
}

type EventBridgeEvent = ReturnType<typeof eventBridgeEvent.Parse>

function readEventBridge({ 'detail-type': type, detail: { bucket, object } }: EventBridgeEvent) {
  return type === 'Object Created' ? [{ bucket: bucket.name, ...object }] : []
}

function unwrap(text: string, wraps: number): (FoundObject | undefined)[] {
  if (wraps === maxWraps) return [undefined]
  try {
    return findObjects(parseJson(text), wraps + 1)
  } catch {
    return [undefined]
  }
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}
