import { readdir } from 'node:fs/promises'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import t, { type Test } from 'tap'
import { sendRaw, sendSignedPut, signPut } from '../../../../core/test/aws/contract/bucket-contract-client.ts'
import type { LocalS3Options } from '../../../local/s3/start-local-s3.ts'
import { connect, startTestS3 } from './start-test-s3.ts'

const bucket = 'strict'

async function startWithBucket(t: Test, options: Partial<LocalS3Options> = {}) {
  const directory = t.testdir()
  const s3 = await startTestS3(t, { directory, ...options })
  const client = connect(t, s3)
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const list = (folder: string) => readdir(join(directory, folder))
  return { s3, client, list }
}

t.test('a client that disconnects during an upload leaves no file', async (t) => {
  const { s3, client, list } = await startWithBucket(t)
  const bytes = Buffer.alloc(3_000_000, 1)
  const { url, headers } = await signPut(client, { bucket, key: 'gone', bytes })
  const { pathname, search, host, port } = new URL(url)
  const head = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const socket = connectSocket(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`PUT ${pathname}${search} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`)
  await new Promise((resolve) => socket.write(bytes.subarray(0, 2_000_000), resolve))
  while ((await list('staging')).length === 0) await new Promise(setImmediate)
  socket.resetAndDestroy()
  await s3.close()
  t.same(await list('staging'), [])
  t.same(await list(`buckets/${bucket}`), [])
})

t.test('a half-closed connection with too few bytes gets IncompleteBody', async (t) => {
  const { client, list } = await startWithBucket(t)
  const bytes = Buffer.alloc(1_000)
  const { url, headers } = await signPut(client, { bucket, key: 'short', bytes })
  const { pathname, search, host, port } = new URL(url)
  const head = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const socket = connectSocket(Number(port), '127.0.0.1')
  socket.end(`PUT ${pathname}${search} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\nshort`)
  t.match(await text(socket), /^HTTP\/1\.1 400 [\s\S]*<Code>IncompleteBody<\/Code>/)
  t.same(await list(`buckets/${bucket}`), [])
})

t.test('a request with two Host headers is refused', async (t) => {
  const { s3, client, list } = await startWithBucket(t)
  const bytes = Buffer.from('bytes')
  const { url, headers } = await signPut(client, { bucket, key: 'two-hosts', bytes })
  const { pathname, search, host } = new URL(url)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  for (const hosts of [
    [host, 'other.test'],
    [host, host],
  ]) {
    const head = [...hosts.map((name) => `host: ${name}`), ...lines, 'connection: close'].join('\r\n')
    const socket = connectSocket(s3.port, '127.0.0.1')
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\n${head}\r\n\r\n${bytes}`)
    t.match(await text(socket), /^HTTP\/1\.1 400 [\s\S]*<Message>The request has more than one Host header/)
  }
  t.same(await list(`buckets/${bucket}`), [])
})

t.test('refused uploads leave no file', async (t) => {
  const { client, list } = await startWithBucket(t)
  const bytes = Buffer.alloc(10_000)
  const signed = await signPut(client, { bucket, key: 'refused', bytes })
  t.equal((await sendSignedPut(signed, Buffer.alloc(10_000, 1))).code, 'BadDigest')
  t.equal((await sendSignedPut(signed, bytes)).status, 200)
  t.equal((await sendSignedPut(signed, bytes)).code, 'PreconditionFailed')
  t.same(await list('staging'), [])
})

t.test('a key cannot leave its bucket', async (t) => {
  const { client, list } = await startWithBucket(t)
  const keys = [
    '../escaped',
    '../../../escaped',
    '..',
    '.',
    '/etc/passwd',
    'a/../../b',
    '\0',
    'C:\\x',
    'A',
    'a',
  ]
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `of ${Key}` }))
  t.equal((await list(`buckets/${bucket}`)).length, keys.length)
  t.same((await list('.')).sort(), ['buckets', 'spool', 'staging'])
  t.same(await list('buckets'), [bucket])
  for (const Key of keys) {
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
    t.equal(await got.Body?.transformToString(), `of ${Key}`)
  }
  for (const Bucket of ['a..b', 'UPPER', 'x'])
    await t.rejects(client.send(new CreateBucketCommand({ Bucket })), { name: 'InvalidBucketName' })
})

t.test('the given clock is used', async (t) => {
  let nowMs = Date.now()
  const { client } = await startWithBucket(t, { now: () => nowMs })
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'old', Body: 'bytes' }))
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: 'old' }), {
    expiresIn: 60,
  })
  nowMs += 30_000
  t.equal((await sendRaw(url, { method: 'GET' })).status, 200)
  nowMs += 60_000
  const late = await sendRaw(url, { method: 'GET' })
  t.equal(late.status, 403)
  t.match(late.body, /<Message>Request has expired<\/Message>/)
  nowMs -= 20 * 60_000
  t.match((await sendRaw(url, { method: 'GET' })).body, /Request is not yet valid/)
  await t.rejects(client.send(new GetObjectCommand({ Bucket: bucket, Key: 'old' })), {
    name: 'RequestTimeTooSkewed',
  })
})

t.test('the expiry of a presigned URL is limited to a week', async (t) => {
  const { client } = await startWithBucket(t)
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: 'any' }))
  for (const expires of ['0', '-1', '604801', '1e3', '']) {
    const tampered = url.replace(/X-Amz-Expires=\d+/, `X-Amz-Expires=${expires}`)
    t.equal((await sendRaw(tampered, { method: 'GET' })).code, 'AuthorizationQueryParametersError', expires)
  }
  const twice = `${url}&X-Amz-Expires=604800`
  t.equal((await sendRaw(twice, { method: 'GET' })).code, 'AuthorizationQueryParametersError')
})

t.test('the error names unsigned headers', async (t) => {
  const { client } = await startWithBucket(t)
  const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: 'any' }))
  const { body } = await sendRaw(url, { method: 'GET', headers: { 'x-amz-meta-extra': '1' } })
  t.match(body, '<HeadersNotSigned>x-amz-meta-extra</HeadersNotSigned>')
})

t.test('declared checksums must be well-formed and correct', async (t) => {
  const { client } = await startWithBucket(t)
  const input = { Bucket: bucket, Key: 'sums', Body: 'bytes' }
  const refuse = (more: object, name: string) =>
    t.rejects(client.send(new PutObjectCommand({ ...input, ...more })), { name })
  await refuse({ ChecksumSHA256: 'not base64' }, 'InvalidRequest')
  await refuse({ ChecksumSHA256: 'AAAA' }, 'InvalidRequest')
  await refuse({ ChecksumCRC32: 'AAAAAA==' }, 'BadDigest')
  await refuse({ ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'BadDigest')
  await refuse({ ContentMD5: 'AAAA' }, 'InvalidDigest')
  await refuse({ ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'NotImplemented')
  await refuse({ IfNoneMatch: '"etag"' }, 'NotImplemented')
  await refuse({ IfNoneMatch: '*', IfMatch: '"etag"' }, 'NotImplemented')
  await refuse({ Metadata: { long: 'x'.repeat(2_100) } }, 'MetadataTooLarge')
  await refuse({ Key: 'x'.repeat(1_025) }, 'KeyTooLongError')
  await refuse({ Bucket: 'absent' }, 'NoSuchBucket')
})

t.test('a body must match the hash that its signature names', async (t) => {
  const { client } = await startWithBucket(t)
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { body: unknown } }
      request.body = 'other'
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low' },
  )
  const put = new PutObjectCommand({ Bucket: bucket, Key: 'swapped', Body: 'bytes' })
  await t.rejects(client.send(put), { name: 'XAmzContentSHA256Mismatch' })
})

t.test('an upload over the limit is refused before its bytes are read', async (t) => {
  const { client } = await startWithBucket(t, { maxObjectBytes: 999 })
  const signed = await signPut(client, { bucket, key: 'large', bytes: Buffer.alloc(1_000) })
  t.equal((await sendSignedPut(signed, Buffer.alloc(1_000))).code, 'EntityTooLarge')
})

t.test('an unsupported operation answers NotImplemented', async (t) => {
  const { client } = await startWithBucket(t)
  const url = await getSignedUrl(
    client,
    new GetObjectCommand({ Bucket: bucket, Key: 'any', VersionId: 'v1' }),
  )
  const answer = await sendRaw(url, { method: 'GET' })
  t.equal(answer.status, 501)
  t.equal(answer.code, 'NotImplemented')
  t.match(answer.headers['x-amz-request-id'], /^[0-9A-F]{16}$/)
})
