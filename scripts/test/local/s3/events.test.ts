import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import { startLocalS3 } from '../../../local/s3/start-local-s3.ts'
import { pollUntil } from '../../../testkit/poll-until.ts'
import { connect, keys, startTestS3 } from './start-test-s3.ts'
import { startWebhook } from './start-webhook.ts'

const Bucket = 'watched'

async function put(client: S3Client, Key: string, input: { IfNoneMatch?: string; Bucket?: string } = {}) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body: 'bytes', ...input }))
}

async function connectWithBucket(t: Test, s3: Awaited<ReturnType<typeof startTestS3>>) {
  const client = connect(t, s3)
  await client.send(new CreateBucketCommand({ Bucket }))
  return client
}

t.test('a put sends an event in S3 format with a form-encoded key', async (t) => {
  const webhook = await startWebhook(t)
  const now = () => Date.parse('2026-11-22T10:11:12.345Z')
  const s3 = await startTestS3(t, { now, notify: { buckets: [Bucket], url: webhook.url } })
  const client = connect(t, s3)
  // The first request is refused because the clocks differ. The SDK then corrects its clock by the response.
  await client.send(new CreateBucketCommand({ Bucket })).catch(() => {})
  await client.send(new CreateBucketCommand({ Bucket }))
  const key = "a b+c/ü (1)%'.png"
  const { ETag } = await put(client, key)
  const [record] = await webhook.until((records) => records.length === 1)
  t.match(record, {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: '2026-11-22T10:11:12.345Z',
    eventName: 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: Bucket, arn: 'arn:aws:s3:::watched' },
      object: { key: 'a+b%2Bc/%C3%BC+%281%29%25%27.png', size: 5, eTag: ETag?.replaceAll('"', '') },
    },
  })
  t.equal(decodeURIComponent(String(record?.s3.object.key).replaceAll('+', ' ')), key)
})

t.test('the sequencer increases with each write of a key, also for racing writes', async (t) => {
  const webhook = await startWebhook(t)
  const s3 = await startTestS3(t, { notify: { buckets: [Bucket], url: webhook.url } })
  const client = await connectWithBucket(t, s3)
  const etags: string[] = []
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        client.send(new PutObjectCommand({ Bucket, Key: 'same', Body: `${round} ${index}` })),
      ),
    )
    etags.push(...answers.map(({ ETag }) => ETag ?? ''))
  }
  const records = await webhook.until((received) => received.length >= 30)
  const bySequencer = records.toSorted((left, right) =>
    left.s3.object.sequencer < right.s3.object.sequencer ? -1 : 1,
  )
  t.equal(new Set(records.map(({ s3 }) => s3.object.sequencer)).size, 30)
  t.match(records[0]?.s3.object.sequencer, /^[0-9A-F]{16}$/)
  const { ETag: visible } = await put(client, 'unrelated').then(() => fetchEtag(client))
  t.equal(
    `"${bySequencer.at(-1)?.s3.object.eTag}"`,
    visible,
    'the largest sequencer belongs to the stored object',
  )
  t.same(new Set(bySequencer.map(({ s3 }) => `"${s3.object.eTag}"`)), new Set(etags))
})

async function fetchEtag(client: S3Client) {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3')
  return client.send(new GetObjectCommand({ Bucket, Key: 'same' }))
}

t.test('only stored objects in notifying buckets send events', async (t) => {
  const webhook = await startWebhook(t)
  const s3 = await startTestS3(t, { notify: { buckets: [Bucket], url: webhook.url } })
  const client = await connectWithBucket(t, s3)
  await client.send(new CreateBucketCommand({ Bucket: 'unwatched' }))
  await put(client, 'elsewhere', { Bucket: 'unwatched' })
  await put(client, 'once', { IfNoneMatch: '*' })
  await t.rejects(put(client, 'once', { IfNoneMatch: '*' }), { name: 'PreconditionFailed' })
  await put(client, 'last')
  const records = await webhook.until((received) => received.length >= 2)
  t.same(records.map(({ s3 }) => s3.object.key).sort(), ['last', 'once'])
})

t.test('a refused event is retried until it is accepted, and does not block others', async (t) => {
  const webhook = await startWebhook(t, ({ s3 }, attempt) =>
    s3.object.key === 'poison' && attempt < 3 ? 500 : 204,
  )
  const directory = t.testdir()
  const s3 = await startTestS3(t, { directory, notify: { buckets: [Bucket], url: webhook.url } })
  const client = await connectWithBucket(t, s3)
  await put(client, 'poison')
  for (let index = 0; index < 20; index += 1) await put(client, `good ${index}`)
  const keysOf = (records: typeof webhook.received) => records.map(({ s3 }) => s3.object.key)
  await webhook.until((records) => keysOf(records).filter((key) => key === 'poison').length === 3)
  await webhook.until((records) => new Set(keysOf(records)).size === 21)
  // The last answers may still be on their way. A close would cut them off after a moment.
  await pollUntil(async () => (await readdir(join(directory, 'spool'))).length === 0)
  t.equal(webhook.received.length, 23, 'accepted events are not sent again')
})

t.test('events that keep failing do not block others', async (t) => {
  const webhook = await startWebhook(t, ({ s3 }) => (s3.object.key.startsWith('poison') ? 503 : 200))
  const s3 = await startTestS3(t, { notify: { buckets: [Bucket], url: webhook.url } })
  const client = await connectWithBucket(t, s3)
  for (let index = 0; index < 20; index += 1) await put(client, `poison-${index}`)
  await put(client, 'good')
  const records = await webhook.until(
    (received) => new Set(received.map(({ s3 }) => s3.object.key)).size === 21,
  )
  t.equal(records.filter(({ s3 }) => s3.object.key === 'good').length, 1)
})

t.test('events wait for a webhook across restarts', async (t) => {
  const directory = t.testdir()
  const options = { directory, notify: { buckets: [Bucket] } }
  const first = await startTestS3(t, options)
  const client = await connectWithBucket(t, first)
  for (const key of ['one', 'two', 'three']) await put(client, key)
  await first.close()
  t.equal((await readdir(join(directory, 'spool'))).length, 3)

  const webhook = await startWebhook(t)
  const second = await startTestS3(t, options)
  second.notifyTo(webhook.url)
  const records = await webhook.until((received) => received.length === 3)
  t.same(records.map(({ s3 }) => s3.object.key).sort(), ['one', 'three', 'two'])
})

t.test('after a crash during a write, an event is sent if and only if the object exists', async (t) => {
  const directory = t.testdir()
  const options = { directory, notify: { buckets: [Bucket] } }
  const first = await startTestS3(t, options)
  const client = await connectWithBucket(t, first)
  await put(client, 'visible ü')
  await first.close()
  const spool = join(directory, 'spool')
  const [name = ''] = await readdir(spool)
  await rename(join(spool, name), join(spool, name.replace('.json', '.pending')))
  const lost = {
    Records: [{ s3: { bucket: { name: Bucket }, object: { key: 'never+stored', eTag: 'x' } } }],
  }
  await writeFile(join(spool, 'lost.pending'), JSON.stringify(lost))
  await writeFile(join(spool, 'torn.pending'), '{"Records":[')

  const webhook = await startWebhook(t)
  const second = await startLocalS3({
    ...options,
    ...keys,
    notify: { buckets: [Bucket], url: webhook.url },
  })
  await webhook.until((received) => received.length === 1)
  await second.close()
  t.same(
    webhook.received.map(({ s3 }) => s3.object.key),
    ['visible+%C3%BC'],
  )
})

t.test('a hanging webhook neither delays close nor loses events', async (t) => {
  const directory = t.testdir()
  const webhook = await startWebhook(t, () => new Promise(() => {}))
  const s3 = await startTestS3(t, { directory, notify: { buckets: [Bucket], url: webhook.url } })
  const client = await connectWithBucket(t, s3)
  await put(client, 'hangs')
  await webhook.until((received) => received.length === 1)
  await s3.close()
  t.equal((await readdir(join(directory, 'spool'))).length, 1)
})
