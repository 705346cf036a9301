import type { S3Event } from 'aws-lambda'
import { test } from 'tap'
import { readS3Event } from '../../triggers/read-s3-event.ts'
import { readEvent } from './read-event.ts'

const imageId = 'ab'.repeat(32)
const image = { tenant: 'local', imageId, generation: '20261122' }
const key = `local/${imageId}/20261122`

test('a raw key is the image, whatever created it', async (t) => {
  const put = await readEvent<S3Event>('s3-object-created-put')
  t.strictSame(readS3Event(put, 'raw'), [{ id: `${key}#0C0F6F405D6ED209E1`, image }])
  const multipart = await readEvent<S3Event>('s3-complete-multipart-upload')
  t.strictSame(readS3Event(multipart, 'raw'), [{ id: `${key}#0064D3901D00059242`, image }])
})

test('versitygw speaks as S3 does, and of other buckets too', async (t) => {
  const created = await readEvent<S3Event>('versitygw-object-created')
  t.match(readS3Event(created, 'raw'), [{ image }])
  const other = await readEvent<S3Event>('versitygw-other-bucket')
  t.strictSame(readS3Event(other, 'raw'), [])
})

test('an object of another bucket starts nothing, not even under a raw key', async (t) => {
  const event = await eventOf(key)
  t.strictSame(readS3Event(event, 'another'), [])
})

test('keys are form-encoded', async (t) => {
  t.match(readS3Event(await eventOf(`local%2F${imageId}%2F20261122`), 'raw'), [{ image }])
  const foreign = await readEvent<S3Event>('s3-form-encoded-key')
  t.match(readS3Event(foreign, 'raw'), [{ skipped: /not one of a raw upload/ }])
  const broken = await eventOf('broken%')
  t.match(readS3Event(broken, 'raw'), [{ skipped: /not one/ }], 'no reason to fail')
})

test('our own outputs start nothing', async (t) => {
  for (const output of [`${key}/thumb.webp`, `manifests/day%3D2026-11-22/local/${imageId}.json`]) {
    t.match(readS3Event(await eventOf(output), 'raw'), [{ skipped: /not one/ }])
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
  const events = await Promise.all(names.map((name) => eventOf(key, name)))
  const event = { Records: events.flatMap(({ Records }) => Records) }
  t.equal(readS3Event(event, 'raw').length, 3)
})

for (const sender of ['s3', 'versitygw']) {
  test(`the test event of ${sender} is nothing`, async (t) => {
    t.strictSame(readS3Event(await readEvent(`${sender}-test-event`), 'raw'), [])
  })
}

async function eventOf(key: string, eventName = 'ObjectCreated:Put'): Promise<S3Event> {
  const event = await readEvent<S3Event>('s3-object-created-put')
  for (const record of event.Records) {
    record.eventName = eventName
    record.s3.object.key = key
  }
  return event
}
