import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import t from 'tap'
import { sendRaw, sendSignedPut, signPut } from '../../../../core/test/aws/contract/bucket-contract-client.ts'
import { startLocalS3 } from '../../../local/s3/start-local-s3.ts'
import { connect, keys, startTestS3 } from './start-test-s3.ts'

t.test('a browser can send a preflight request and then a PUT', async (t) => {
  const s3 = await startTestS3(t)
  const client = connect(t, s3)
  await client.send(new CreateBucketCommand({ Bucket: 'web' }))
  const bytes = Buffer.from('bytes')
  const { url, headers } = await signPut(client, { bucket: 'web', key: 'from a browser', bytes })
  const origin = 'http://localhost:5173'
  const asked = 'content-type,if-none-match,x-amz-checksum-sha256,x-amz-meta-traceparent'
  const preflight = await sendRaw(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': asked },
  })
  t.equal(preflight.status, 200)
  t.match(preflight.headers, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, PUT',
    'access-control-allow-headers': asked,
  })
  const stored = await sendSignedPut({ url, headers: { ...headers, origin } }, bytes)
  t.equal(stored.status, 200)
  t.equal(stored.headers['access-control-allow-origin'], '*')
  t.match(stored.headers['access-control-expose-headers'], 'ETag')
  const refused = await sendSignedPut({ url, headers: { ...headers, origin } }, bytes)
  t.equal(refused.status, 412)
  t.equal(refused.headers['access-control-allow-origin'], '*', 'a browser can read the refusal too')
  const deleting = await sendRaw(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'DELETE' },
  })
  t.equal(deleting.code, 'AccessForbidden')
})

t.test('with Expect: 100-continue, a refused client sends no body', async (t) => {
  const s3 = await startTestS3(t)
  const client = connect(t, s3)
  await client.send(new CreateBucketCommand({ Bucket: 'patient' }))
  const bytes = Buffer.from('bytes')
  const { url, headers } = await signPut(client, { bucket: 'patient', key: 'key', bytes })
  const { pathname, search, host } = new URL(url)
  const lines = Object.entries({ host, ...headers, expect: '100-continue' })
  const head = `PUT ${pathname}${search} HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`
  const socket = connectSocket(s3.port, '127.0.0.1')
  socket.write(head)
  t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 100 Continue/)
  socket.write(bytes)
  t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 200 OK/)
  socket.write(head)
  t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 412 /)
  await once(socket, 'close')
})

t.test('objects survive a restart', async (t) => {
  const directory = t.testdir()
  const first = await startTestS3(t, { directory })
  const client = connect(t, first)
  await client.send(new CreateBucketCommand({ Bucket: 'kept' }))
  const bytes = Buffer.from('bytes')
  await sendSignedPut(await signPut(client, { bucket: 'kept', key: 'key', bytes }), bytes)
  await first.close()
  const again = connect(t, await startTestS3(t, { directory }))
  const head = await again.send(new HeadObjectCommand({ Bucket: 'kept', Key: 'key' }))
  t.equal(head.ContentLength, 5)
})

t.test('a GET can be answered conditionally and with other headers', async (t) => {
  const s3 = await startTestS3(t)
  const client = connect(t, s3)
  await client.send(new CreateBucketCommand({ Bucket: 'read' }))
  const bytes = Buffer.from('bytes')
  const stored = await sendSignedPut(await signPut(client, { bucket: 'read', key: 'key', bytes }), bytes)
  const url = await getSignedUrl(
    client,
    new GetObjectCommand({ Bucket: 'read', Key: 'key', ResponseContentType: 'image/webp' }),
  )
  const plain = await sendRaw(url, { method: 'GET' })
  t.equal(plain.headers['content-type'], 'image/webp')
  const etag = stored.headers.etag ?? ''
  t.equal((await sendRaw(url, { method: 'GET', headers: { 'if-none-match': etag } })).status, 304)
  t.equal((await sendRaw(url, { method: 'GET', headers: { 'if-match': '"other"' } })).status, 412)
})

t.test('close succeeds with open connections: idle, half a request, a missing body', async (t) => {
  const directory = t.testdir()
  const s3 = await startTestS3(t, { directory })
  const client = connect(t, s3)
  await client.send(new CreateBucketCommand({ Bucket: 'open' }))
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const [response] = await once(get(s3.url, { agent }), 'response')
  response.resume()
  await once(response, 'end')
  const half = connectSocket(s3.port, '127.0.0.1').on('error', () => {})
  await new Promise((resolve) => half.write('PUT /open/x HTTP/1.1\r\nhost:', resolve))
  const bytes = Buffer.alloc(100_000)
  const { url, headers } = await signPut(client, { bucket: 'open', key: 'hanging', bytes })
  const { pathname, search, host } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map((line) => line.join(': '))
  const hanging = connectSocket(s3.port, '127.0.0.1').on('error', () => {})
  hanging.write(`PUT ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\nsome bytes`)
  while ((await readdir(join(directory, 'staging'))).length === 0) await new Promise(setImmediate)
  const ended = Promise.all([half, hanging].map((socket) => once(socket.resume(), 'close')))
  await s3.close()
  await ended
  t.same(await readdir(join(directory, 'staging')), [], 'incomplete uploads are removed')
  await t.resolves(s3.close(), 'closing twice is not an error')
})

t.test('a port in use rejects and does not touch the files of the other server', async (t) => {
  const directory = t.testdir()
  const s3 = await startTestS3(t, { directory })
  await t.rejects(startLocalS3({ directory, port: s3.port, ...keys }), { code: 'EADDRINUSE' })
  await t.resolves(connect(t, s3).send(new CreateBucketCommand({ Bucket: 'still-there' })))
})

t.test('a directory that cannot be created rejects', async (t) => {
  const file = t.testdir({ taken: 'a file' })
  await t.rejects(startLocalS3({ directory: `${file}/taken`, ...keys }), { code: /ENOTDIR|EEXIST/ })
})
