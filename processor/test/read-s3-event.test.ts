import type { S3Event, S3EventRecord } from 'aws-lambda'
import { test } from 'tap'
import { readS3Event } from '../read-s3-event.ts'

const imageId = 'ab'.repeat(32)

test('a raw key is the image', async (t) => {
  t.strictSame(readS3Event(eventOf(`local/${imageId}/20261122`)), [
    {
      id: `local/${imageId}/20261122#0055AED6DCD90281E5`,
      image: { tenant: 'local', imageId, generation: '20261122' },
    },
  ])
})

test('keys are form-encoded', async (t) => {
  t.match(readS3Event(eventOf(`local%2F${imageId}%2F20261122`)), [{ image: { imageId } }])
  t.match(readS3Event(eventOf('holiday+photos/caf%C3%A9.jpg')), [{ skipped: /not one of a raw upload/ }])
  t.match(
    readS3Event(eventOf('broken%')),
    [{ skipped: /not one/ }],
    'a key that is not encoded is no reason to fail',
  )
})

test('our own outputs start nothing', async (t) => {
  for (const key of [
    `local/${imageId}/20261122/thumb.webp`,
    `manifests/day%3D2026-11-22/local/${imageId}.json`,
  ]) {
    t.match(readS3Event(eventOf(key)), [{ skipped: /not one/ }])
  }
})

test('only creations count, of every kind', async (t) => {
  const names = [
    'ObjectCreated:Put',
    'ObjectCreated:CompleteMultipartUpload',
    's3:ObjectCreated:Copy',
    'ObjectRemoved:Delete',
    'ObjectRestore:Completed',
  ]
  const event = { Records: names.flatMap((name) => eventOf(`local/${imageId}/20261122`, name).Records) }
  t.equal(readS3Event(event).length, 3)
})

test('the test event that a new notification sends is nothing', async (t) => {
  t.strictSame(readS3Event({ Service: 'Amazon S3', Event: 's3:TestEvent' }), [])
})

/** As in "Event message structure", Amazon S3 User Guide. */
function eventOf(key: string, eventName = 'ObjectCreated:Put'): S3Event {
  const record: S3EventRecord = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-west-2',
    eventTime: '2026-11-22T10:00:00.000Z',
    eventName,
    userIdentity: { principalId: 'AIDAJDPLRKLG7UEXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'testConfigRule',
      bucket: { name: 'raw', ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: 'arn:aws:s3:::raw' },
      object: { key, size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0055AED6DCD90281E5' },
    },
  }
  return { Records: [record] }
}
