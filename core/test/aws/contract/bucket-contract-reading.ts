import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, NoSuchKey } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Test } from 'tap'
import { createBucket } from '../../../aws/bucket.ts'
import { createContractClient, isStored, sendRaw, sendSignedPut, signPut } from './bucket-contract-client.ts'
import type { BucketUnderTest } from './bucket-under-test.ts'

export async function testReading(t: Test, { client, bucket, options }: BucketUnderTest): Promise<void> {
  const key = 'read me/ü'
  const bytes = randomBytes(100_000)
  const signed = await signPut(client, { bucket, key, bytes })
  t.equal((await sendSignedPut(signed, bytes)).status, 200)
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }))

  await t.test('HEAD returns length, type, ETag, metadata and checksum', async (t) => {
    const head = await client.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
    )
    t.equal(head.ContentLength, bytes.length)
    t.equal(head.ContentType, 'image/png')
    t.equal(head.ETag, `"${createHash('md5').update(bytes).digest('hex')}"`)
    t.same(head.Metadata, { traceparent: signed.headers['x-amz-meta-traceparent'] })
    t.equal(head.ChecksumSHA256, signed.headers['x-amz-checksum-sha256'])
    t.ok(Math.abs(Date.now() - Number(head.LastModified)) < 3_600_000, 'modified within the hour')
  })

  await t.test('unsigned headers of a PUT do not change what is read back', async (t) => {
    const added = {
      'cache-control': 'max-age=31536000',
      'content-disposition': 'attachment; filename="x.html"',
      'content-encoding': 'gzip',
      'content-language': 'de',
      expires: 'Wed, 21 Oct 2037 07:28:00 GMT',
    }
    const put = await signPut(client, { bucket, key: 'added', bytes })
    t.equal((await sendSignedPut({ ...put, headers: { ...put.headers, ...added } }, bytes)).status, 200)
    const found = await createBucket(client, bucket).read('added')
    t.match(found, { byteLength: bytes.length, contentType: 'image/png' })
    t.ok(found && bytes.equals(await buffer(found.body)), 'the bytes are not decoded')
  })

  const ranges = [
    { range: 'bytes=10-19', start: 10, end: 20 },
    { range: 'bytes=99990-', start: 99_990, end: 100_000 },
    { range: 'bytes=-5', start: 99_995, end: 100_000 },
    { range: 'bytes=99990-200000', start: 99_990, end: 100_000 },
  ]
  for (const { range, start, end } of ranges) {
    await t.test(`Range ${range} returns that part with 206`, async (t) => {
      const response = await fetch(url, { headers: { range } })
      t.equal(response.status, 206)
      t.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/100000`)
      t.ok(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(start, end)))
    })
  }

  await t.test('a range has no checksum header, because it would be that of the whole object', async (t) => {
    const object = { Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' } as const
    const part = await client.send(new GetObjectCommand({ ...object, Range: 'bytes=10-19' }))
    t.equal(part.ChecksumSHA256, undefined)
    t.ok(bytes.subarray(10, 20).equals((await part.Body?.transformToByteArray()) ?? Buffer.alloc(0)))
    const whole = await client.send(new GetObjectCommand(object))
    t.equal(whole.ChecksumSHA256, signed.headers['x-amz-checksum-sha256'])
    t.ok(bytes.equals((await whole.Body?.transformToByteArray()) ?? Buffer.alloc(0)))
  })

  await t.test('a Range beyond the end returns 416', async (t) => {
    const response = await sendRaw(url, { method: 'GET', headers: { range: 'bytes=100000-' } })
    t.equal(response.status, 416)
    if (options.hasS3ErrorCodes !== false) t.equal(response.code, 'InvalidRange')
  })

  await t.test('GET is refused without a signature, with a tampered one, and when expired', async (t) => {
    t.equal((await sendRaw(url.split('?')[0] ?? '', { method: 'GET' })).status, 403)
    t.equal((await sendRaw(`${url}0`, { method: 'GET' })).status >= 400, true)
    t.equal((await sendRaw(url, { method: 'PUT', headers: { 'content-length': '0' } })).status, 403)
    const expired = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
      signingDate: new Date(Date.now() - 120_000),
      expiresIn: 60,
    })
    t.equal((await sendRaw(expired, { method: 'GET' })).status, 403)
  })

  await t.test('a signed URL determines how long its answer may be cached', async (t) => {
    const ResponseExpires = new Date('2026-11-29T10:00:00.000Z')
    const object = { Bucket: bucket, Key: key, ResponseCacheControl: 'private, immutable', ResponseExpires }
    const cached = await getSignedUrl(client, new GetObjectCommand(object))
    const { status, headers } = await fetch(cached)
    t.equal(status, 200)
    t.equal(headers.get('cache-control'), 'private, immutable')
    t.equal(headers.get('expires'), 'Sun, 29 Nov 2026 10:00:00 GMT')
    const longer = cached.replace('response-expires=Sun%2C%2029', 'response-expires=Mon%2C%2030')
    t.not(longer, cached)
    t.equal((await sendRaw(longer, { method: 'GET' })).status, 403, 'a changed expiry is refused')
  })

  await t.test('a signed header request with the wrong secret is refused', async (t) => {
    const other = createContractClient({ ...options, secretAccessKey: 'not-the-secret' })
    const refused: unknown = await other
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      .catch((error: unknown) => error)
    t.match(refused, { $metadata: { httpStatusCode: 403 } })
  })

  await t.test('a missing object causes NoSuchKey', async (t) => {
    await t.rejects(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'absent' })), NoSuchKey)
    t.notOk(await isStored(client, bucket, 'absent'))
  })

  await t.test('a deleted object is gone, and deleting it again succeeds', async (t) => {
    const doomed = { Bucket: bucket, Key: 'doomed' }
    const put = await signPut(client, { bucket, key: doomed.Key, bytes })
    t.equal((await sendSignedPut(put, bytes)).status, 200)
    await client.send(new DeleteObjectCommand(doomed))
    t.notOk(await isStored(client, bucket, doomed.Key))
    await t.resolves(client.send(new DeleteObjectCommand(doomed)))
  })
}
