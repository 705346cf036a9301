import { openAsBlob } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createUploadBatcher, type UploadBatcher } from '../../packages/client/src/batch-uploads.ts'
import { createHashgateClient } from '../../packages/client/src/hashgate-client.ts'
import type { Progress } from '../../packages/client/src/types.ts'
import { uploadImage } from '../../packages/client/src/upload-image.ts'
import { startFakeSystem } from './start-fake-system.ts'
import { bytes, complete, create, file, get, headers, imageId, ready, system } from './upload-script.ts'

t.test('hash, request, PUT with exactly the given headers, complete, wait', async (t) => {
  const fake = await startFakeSystem(t, system())
  const progress: Progress[] = []
  const image = await uploadImage(file, { ...fake, fileName: 'a.png', onProgress: (at) => progress.push(at) })
  t.equal(image.status, 'ready')
  t.strictSame(fake.calls(), [create, 'PUT /store', complete, get])

  const [asked, put] = fake.seen
  t.strictSame(JSON.parse(String(asked?.body)), {
    sha256: imageId,
    byteLength: bytes.length,
    contentType: 'image/png',
    fileName: 'a.png',
  })
  t.equal(asked?.headers.authorization, 'Bearer test-key')
  for (const [name, value] of Object.entries(headers)) t.equal(put?.headers[name], value, name)
  const unsigned = Object.keys(put?.headers ?? {}).filter(
    (name) => name.startsWith('x-amz-') && !(name in headers),
  )
  t.strictSame(unsigned, [], 'S3 refuses x-amz headers that were not signed')
  t.equal(put?.headers['transfer-encoding'], undefined, 'S3 does not accept chunked encoding')
  t.equal(put?.headers.authorization, undefined, 'the key is not sent to the store')
  t.strictSame(put?.body, bytes)
  t.strictSame(progress.at(-1), { sentBytes: bytes.length, totalBytes: bytes.length })
})

t.test('the type of the bytes is declared, not that of the extension', async (t) => {
  const duplicate = { status: 200, body: { imageId, status: 'ready', duplicate: true } }
  const fake = await startFakeSystem(
    t,
    system(() => ({ [create]: [duplicate] })),
  )
  const declared = async (content: BlobPart, type: string) => {
    await uploadImage(new Blob([content], { type }), { ...fake, hash: async () => imageId })
    return JSON.parse(String(fake.seen.findLast(({ path }) => path === '/v1/uploads')?.body)).contentType
  }
  t.equal(await declared('GIF89a…', 'image/jpeg'), 'image/gif')
  t.equal(await declared('GIF89a…', ''), 'image/gif', 'an extension that is unknown to the browser')
  t.equal(await declared('something else', 'image/webp'), 'image/webp')
})

t.test('a duplicate uploads nothing', async (t) => {
  const duplicate = { status: 200, body: { imageId, status: 'ready', duplicate: true } }
  const fake = await startFakeSystem(
    t,
    system(() => ({ [create]: [duplicate] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.strictSame(fake.calls(), [create, get])
})

t.test('each step is reported; a duplicate has no upload', async (t) => {
  const steps: string[] = []
  const onStep = (step: string) => steps.push(step)
  await uploadImage(file, { ...(await startFakeSystem(t, system())), onStep })
  t.strictSame(steps.splice(0), ['hashing', 'uploading', 'processing'])
  const answer = { imageId, status: 'ready', duplicate: true }
  const duplicate = () => ({ [create]: [{ status: 200, body: answer }] })
  await uploadImage(file, { ...(await startFakeSystem(t, system(duplicate))), onStep })
  t.strictSame(steps, ['hashing', 'processing'])
})

t.test('uploads that share a batcher request their URLs in one call', async (t) => {
  const batch = 'POST /v1/uploads/batch'
  const fake = await startFakeSystem(t, () => ({
    [batch]: [{ status: 200, body: { results: [{ imageId }, { imageId }] } }],
    [get]: [ready],
  }))
  const { requestUpload, flush } = createUploadBatcher(createHashgateClient(fake), { maxDelayMs: 600_000 })
  let requested = 0
  const batcher: UploadBatcher = {
    requestUpload: (request) => {
      const answer = requestUpload(request)
      requested += 1
      if (requested === 2) flush()
      return answer
    },
  }
  await Promise.all([file, file].map((file) => uploadImage(file, { ...fake, batcher })))
  t.strictSame(fake.calls(), [batch, get, get])
})

t.test('waits until the status is final', async (t) => {
  const waiting = { status: 200, body: { imageId, status: 'processing' } }
  const fake = await startFakeSystem(
    t,
    system(() => ({ [get]: [waiting, waiting, ready] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.equal(fake.calls().filter((call) => call === get).length, 3)
})

t.test('a signal aborts the upload, even between two attempts', async (t) => {
  const away = {
    status: 503,
    headers: { 'retry-after': '30' },
    body: { code: 'DEPENDENCY_UNAVAILABLE', title: 'Away.', status: 503 },
  }
  const fake = await startFakeSystem(
    t,
    system(() => ({ [create]: [away] })),
  )
  const controller = new AbortController()
  const upload = uploadImage(file, { ...fake, signal: controller.signal })
  while (fake.seen.length === 0) await new Promise(setImmediate)
  controller.abort(new Error('enough'))
  await t.rejects(upload, { message: 'enough' })
  t.strictSame(fake.calls(), [create])
})

t.test('progress never decreases and ends with all bytes', async (t) => {
  const path = join(t.testdir({ 'large.png': Buffer.alloc(1_000_000) }), 'large.png')
  const large = await openAsBlob(path, { type: 'image/png' })
  const length = { ...headers, 'content-length': String(large.size) }
  const upload = (url: string) => ({ method: 'PUT', url: `${url}/store`, headers: length })
  const fake = await startFakeSystem(
    t,
    system((url) => ({
      [create]: [{ status: 201, body: { imageId, status: 'pending', upload: upload(url) } }],
    })),
  )
  const sent: number[] = []
  await uploadImage(large, {
    ...fake,
    hash: async () => imageId,
    onProgress: ({ sentBytes }) => sent.push(sentBytes),
  })
  t.ok(sent.length > 1, 'progress is reported more than once')
  t.strictSame(
    sent,
    sent.toSorted((a, b) => a - b),
  )
  t.equal(sent.at(-1), large.size)
  t.equal(fake.seen[1]?.body.length, large.size)
})

t.test('a signal aborts a PUT in progress', async (t) => {
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': ['stay silent'] })),
  )
  const controller = new AbortController()
  const onProgress = () => controller.abort(new Error('enough'))
  await t.rejects(uploadImage(file, { ...fake, signal: controller.signal, onProgress }), {
    message: 'enough',
  })
  t.notOk(fake.calls().includes(complete), 'completion is not reported')

  const before = fake.seen.length
  await t.rejects(uploadImage(file, { ...fake, signal: AbortSignal.abort(new Error('early')) }), {
    message: 'early',
  })
  t.equal(fake.seen.length, before, 'an aborted signal causes no request')
})

t.test('calls go through the given fetch', async (t) => {
  const asked: string[] = []
  const answer = { imageId, status: 'ready', duplicate: true }
  const fetch = async (url: unknown) => {
    asked.push(String(url))
    return Response.json(answer)
  }
  await uploadImage(file, { gateway: 'http://gateway/', key: 'k', fetch })
  t.strictSame(asked, ['http://gateway/v1/uploads', `http://gateway/v1/images/${imageId}?wait=20`])
})
