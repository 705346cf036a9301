import { randomBytes, randomInt } from 'node:crypto'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { context, propagation, trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { s3ClientOptions } from '../../../core/aws/aws-client-options.ts'
import { acceptedFormats } from '../../../core/images/formats.ts'
import { generationAt, rawKey } from '../../../core/images/object-key.ts'
import { continueTrace } from '../../../core/telemetry/with-span.ts'
import { createPresignUpload } from '../../uploads/presign-upload.ts'

const bucket = 'raw-bucket'
const credentials = { accessKeyId: 'access', secretAccessKey: 'secret' }
const noon = Date.UTC(2026, 10, 22, 12)
const image = {
  imageId: 'ab'.repeat(32),
  byteLength: 123,
  contentType: 'image/png' as const,
  expiresAt: noon / 1000 + 604_800,
}
const signedHeaders = 'content-length;content-type;host;if-none-match;x-amz-checksum-sha256'

const laptop = { AWS_REGION: 'us-east-1', S3_ENDPOINT: 'http://127.0.0.1:9000', DYNAMODB_ENDPOINT: '' }
const aws = { ...laptop, AWS_REGION: 'eu-central-1', S3_ENDPOINT: '' }

function openS3(settings: typeof laptop, expiration?: Date): S3Client {
  return new S3Client({
    ...s3ClientOptions(settings),
    credentials: async () => ({ ...credentials, ...(expiration && { expiration }) }),
  })
}

t.test('signs the headers that S3 must enforce, none of them in the query', async (t) => {
  const presign = await createPresignUpload(openS3(laptop), { bucket, ttlSeconds: 900, now: () => noon })
  const upload = await presign('local/key', image)
  const query = new URL(upload.url).searchParams
  t.equal(query.get('X-Amz-SignedHeaders'), signedHeaders)
  t.notMatch(upload.url.toLowerCase(), /crc32|x-amz-checksum-sha256=|x-amz-meta/)
  t.equal(query.get('X-Amz-Expires'), '900')
})

t.test('lists every header that must be sent', async (t) => {
  const presign = await createPresignUpload(openS3(laptop), { bucket, ttlSeconds: 900, now: () => noon })
  const { method, headers, expiresAt, expiresInSeconds } = await presign('local/key', image)
  t.equal(method, 'PUT')
  t.strictSame(headers, {
    'content-length': '123',
    'content-type': 'image/png',
    'if-none-match': '*',
    'x-amz-checksum-sha256': Buffer.from('ab'.repeat(32), 'hex').toString('base64'),
  })
  t.equal([...Object.keys(headers), 'host'].sort().join(';'), signedHeaders)
  t.equal(expiresAt, '2026-11-22T12:15:00.000Z')
  t.equal(expiresInSeconds, 900)
})

for (const [where, settings] of Object.entries({ laptop, aws })) {
  t.test(`creates the same URLs as getSignedUrl: ${where}`, async (t) => {
    const s3 = openS3(settings)
    let nowMs = noon
    const presign = await createPresignUpload(s3, { bucket, ttlSeconds: 600, now: () => nowMs })
    for (let round = 0; round < 200; round += 1) {
      nowMs = noon + randomInt(2 ** 40)
      const imageId = randomBytes(32).toString('hex')
      const contentType = Object.values(acceptedFormats)[randomInt(6)] ?? 'image/png'
      const byteLength = randomInt(1, 2 ** 30)
      const Key = rawKey({ tenant: `tenant-${randomInt(1000)}`, imageId, generation: generationAt(nowMs) })
      const ChecksumSHA256 = Buffer.from(imageId, 'hex').toString('base64')
      const expected = await getSignedUrl(
        s3,
        new PutObjectCommand({
          Bucket: bucket,
          Key,
          ContentLength: byteLength,
          ContentType: contentType,
          IfNoneMatch: '*',
          ChecksumSHA256,
        }),
        {
          expiresIn: 600,
          signingDate: new Date(nowMs),
          signableHeaders: new Set(['content-type']),
          unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
        },
      )
      const farAway = nowMs / 1000 + 604_800
      const { url } = await presign(Key, { imageId, byteLength, contentType, expiresAt: farAway })
      if (url !== expected) return t.equal(url, expected)
    }
    t.pass('200 random keys and clocks')
  })
}

t.test('a URL does not outlive the credentials that sign it', async (t) => {
  const s3 = openS3(laptop, new Date(noon + 100_500))
  const presign = await createPresignUpload(s3, { bucket, ttlSeconds: 900, now: () => noon })
  const upload = await presign('local/key', image)
  t.equal(upload.expiresInSeconds, 100)
  t.equal(new URL(upload.url).searchParams.get('X-Amz-Expires'), '100')
  t.equal(upload.expiresAt, '2026-11-22T12:01:40.000Z')
})

t.test('a URL does not outlive the image', async (t) => {
  const presign = await createPresignUpload(openS3(laptop), { bucket, ttlSeconds: 900, now: () => noon })
  const upload = await presign('local/key', { ...image, expiresAt: noon / 1000 + 60 })
  t.equal(upload.expiresInSeconds, 60)
  t.equal(new URL(upload.url).searchParams.get('X-Amz-Expires'), '60')
})

t.test('the trace of a traced request is signed into the upload', async (t) => {
  const presign = await createPresignUpload(openS3(laptop), { bucket, ttlSeconds: 900, now: () => noon })
  t.notOk('x-amz-meta-traceparent' in (await presign('local/key', image)).headers)
  new NodeTracerProvider().register()
  t.teardown(() => {
    trace.disable()
    context.disable()
    propagation.disable()
  })
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const { headers, url } = await continueTrace(parent, () => presign('local/key', image))
  t.equal(headers['x-amz-meta-traceparent'], parent)
  t.match(new URL(url).searchParams.get('X-Amz-SignedHeaders'), /;x-amz-meta-traceparent$/)
})
