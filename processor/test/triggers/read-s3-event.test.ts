import type { S3Event } from 'aws-lambda'
import { test } from 'tap'
import { readS3Event } from '../../triggers/read-s3-event.ts'
import { readEvent } from './read-event.ts'

const imageId = 'ab'.repeat(32)
const key = `local/${imageId}/20261122`

test('a notification names the new object, whatever created it', async (t) => {
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

test('only the creation of objects counts, in all its forms', async (t) => {
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

async function eventOf(key: string, eventName = 'ObjectCreated:Put'): Promise<S3Event> {
  const event = await readEvent<S3Event>('s3-object-created-put')
  for (const record of event.Records) {
    record.eventName = eventName
    record.s3.object.key = key
  }
  return event
}
