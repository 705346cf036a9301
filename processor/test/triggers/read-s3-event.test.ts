import type { S3Event } from 'aws-lambda'
import { test } from 'tap'
import { isS3Event, readS3Event as readParts } from '../../triggers/read-s3-event.ts'
import { readEvent } from './read-event.ts'

const imageId = 'ab'.repeat(32)
const key = `local/${imageId}/20261122`

/** The new objects of an event that is readable in all its parts. */
function readS3Event(event: unknown, rawBucket: string) {
  const { objects, unreadable } = readParts(event, rawBucket)
  if (unreadable > 0) throw new Error('the event is not readable')
  return objects
}

test('a notification names the new object, for every kind of creation', async (t) => {
  const put = await readEvent<S3Event>('s3-object-created-put')
  t.strictSame(readS3Event(put, 'raw'), [{ key, sequencer: '0C0F6F405D6ED209E1' }])
  const multipart = await readEvent<S3Event>('s3-complete-multipart-upload')
  t.strictSame(readS3Event(multipart, 'raw'), [{ key, sequencer: '0064D3901D00059242' }])
})

test("versitygw's notifications are read like those of S3", async (t) => {
  const created = await readEvent<S3Event>('versitygw-object-created')
  t.match(readS3Event(created, 'raw'), [{ key }])
  const other = await readEvent<S3Event>('versitygw-other-bucket')
  t.strictSame(readS3Event(other, 'raw'), [])
})

test('objects of other buckets are left out', async (t) => {
  t.strictSame(readS3Event(await eventOf(key), 'another'), [])
})

test('keys are form-decoded, and a key that cannot be decoded stays as it is', async (t) => {
  t.match(readS3Event(await eventOf(`local%2F${imageId}%2F20261122`), 'raw'), [{ key }])
  t.match(readS3Event(await eventOf('red+flower%21.jpg'), 'raw'), [{ key: 'red flower!.jpg' }])
  t.match(readS3Event(await eventOf('broken%'), 'raw'), [{ key: 'broken%' }])
})

test('only events of created objects are read, of every kind', async (t) => {
  const names = [
    'ObjectCreated:Put',
    'ObjectCreated:CompleteMultipartUpload',
    's3:ObjectCreated:Copy',
    'ObjectRemoved:Delete',
    'ObjectRestore:Completed',
  ]
  const events = await Promise.all(names.map((name) => eventOf(key, name)))
  const event = { Records: events.flatMap(({ Records }) => Records) }
  t.equal(readS3Event(event, 'raw').length, 3)
})

for (const sender of ['s3', 'versitygw']) {
  test(`the test event of ${sender} names no object`, async (t) => {
    t.strictSame(readS3Event(await readEvent(`${sender}-test-event`), 'raw'), [])
  })
}

const senders = {
  'sns-s3': 'SNS',
  'sns-http-s3': 'SNS over HTTP',
  'sqs-s3': 'SQS',
  'sqs-sns-s3': 'SNS and SQS',
  'eventbridge-object-created': 'EventBridge',
  'sqs-eventbridge': 'EventBridge and SQS',
}

for (const [file, sender] of Object.entries(senders)) {
  test(`an S3 event through ${sender} names the new object`, async (t) => {
    const event = await readEvent<object>(file)
    if (file !== 'sns-http-s3') t.ok(isS3Event(event), 'it is recognised as an S3 event')
    t.match(readS3Event(event, 'raw'), [{ key, sequencer: /^[\dA-Fa-f]+$/ }])
    t.strictSame(readS3Event(event, 'another'), [])
  })
}

test("a key from EventBridge is not form-encoded, and only 'Object Created' counts", async (t) => {
  const event = await readEvent<EventBridgeEvent>('eventbridge-object-created')
  event.detail.object.key = 'a+b%20c'
  t.match(readS3Event(event, 'raw'), [{ key: 'a+b%20c' }])
  t.strictSame(readS3Event({ ...event, 'detail-type': 'Object Deleted' }, 'raw'), [])
})

test('a test event names no object, regardless of its other fields and its sender', async (t) => {
  t.strictSame(readS3Event({ Event: 's3:TestEvent', Records: 5 }, 'raw'), [])
  t.strictSame(readS3Event(await readEvent('sqs-s3-test-event'), 'raw'), [])
})

test('parts that are not S3 events are counted, and the others are still read', async (t) => {
  const { Records } = await eventOf(key)
  const [fromQueue] = (await readEvent<{ Records: { body: string }[] }>('sqs-s3')).Records
  const wrapped = (body: string) => ({ ...fromQueue, body })
  const deep = '['.repeat(100_000)
  let nested = JSON.stringify({ Records })
  for (let wraps = 0; wraps < 5; wraps++) nested = JSON.stringify({ Records: [wrapped(nested)] })
  const bad = [null, 5, {}, { s3: {} }, wrapped('no JSON'), wrapped(deep), wrapped('{}'), wrapped(nested)]
  const found = readParts({ Records: [...bad, ...Records, fromQueue] }, 'raw')
  t.match(found.objects, [{ key }, { key }])
  t.equal(found.unreadable, bad.length)
  for (const event of [null, 5, {}, { Records: 5 }, { Records: {} }]) {
    t.strictSame(readParts(event, 'raw'), { objects: [], unreadable: 1 })
  }
})

interface EventBridgeEvent {
  detail: { object: { key: string } }
}

async function eventOf(key: string, eventName = 'ObjectCreated:Put'): Promise<S3Event> {
  const event = await readEvent<S3Event>('s3-object-created-put')
  for (const record of event.Records) {
    record.eventName = eventName
    record.s3.object.key = key
  }
  return event
}
