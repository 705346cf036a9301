import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createUploadBatcher } from '../../packages/client/src/batch-uploads.ts'
import { createHashgateClient } from '../../packages/client/src/hashgate-client.ts'
import type { Progress } from '../../packages/client/src/types.ts'
import { uploadImage } from '../../packages/client/src/upload-image.ts'
import { type Answer, type Script, startFakeSystem } from './start-fake-system.ts'

const bytes = Buffer.from('the bytes of an image')
const file = new Blob([bytes], { type: 'image/png' })
const imageId = createHash('sha256').update(bytes).digest('hex')
const headers = {
  'content-length': String(bytes.length),
  'content-type': 'image/png',
  'if-none-match': '*',
  'x-amz-checksum-sha256': Buffer.from(imageId, 'hex').toString('base64'),
}

const create = 'POST /v1/uploads'
const complete = `POST /v1/images/${imageId}/complete`
const get = `GET /v1/images/${imageId}`
const ready = { status: 200, body: { imageId, status: 'ready', variants: [] } }
const xml = (code: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>inner</Message></Error>`

const granted = (url: string, path = '/store'): Answer => ({
  status: 201,
  body: { imageId, status: 'pending', upload: { method: 'PUT', url: url + path, headers } },
})

/** A system in which everything goes well, but for what is said otherwise. */
const system =
  (changes: (url: string) => Script = () => ({})) =>
  (url: string): Script => ({
    [create]: [granted(url)],
    'PUT /store': [{ status: 200 }],
    [complete]: [{ status: 202, body: { imageId, status: 'pending' } }],
    [get]: [ready],
    ...changes(url),
  })

t.test('hash, request, PUT with exactly the told headers, complete, wait', async (t) => {
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
  t.equal(put?.headers['transfer-encoding'], undefined, 'S3 takes no chunked encoding')
  t.equal(put?.headers.authorization, undefined, 'the key is none of the store’s business')
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
  t.equal(await declared('GIF89a…', ''), 'image/gif', 'an extension that the browser does not know')
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
  const batcher = createUploadBatcher(createHashgateClient(fake))
  await Promise.all([file, file].map((file) => uploadImage(file, { ...fake, batcher })))
  t.strictSame(fake.calls(), [batch, get, get])
})

t.test('412 means already there: go on', async (t) => {
  const refused = { status: 412, body: xml('PreconditionFailed') }
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': [refused] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.strictSame(fake.calls(), [create, 'PUT /store', complete, get])
})

t.test('an expired URL is renewed once', async (t) => {
  const expired = { status: 403, body: xml('AccessDenied') }
  const renewable = await startFakeSystem(
    t,
    system((url) => ({
      [create]: [granted(url), granted(url, '/again')],
      'PUT /store': [expired],
      'PUT /again': [{ status: 200 }],
    })),
  )
  t.equal((await uploadImage(file, renewable)).status, 'ready')
  t.strictSame(renewable.calls(), [create, 'PUT /store', create, 'PUT /again', complete, get])

  const hopeless = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': [expired] })),
  )
  await t.rejects(uploadImage(file, hopeless), {
    name: 'StoreError',
    status: 403,
    code: 'AccessDenied',
    message: /expired/,
  })
  t.strictSame(hopeless.calls(), [create, 'PUT /store', create, 'PUT /store'])
})

t.test('a URL that expired while someone else uploaded the same', async (t) => {
  const expired = { status: 403, body: xml('AccessDenied') }
  const duplicate = { status: 200, body: { imageId, status: 'processing', duplicate: true } }
  const fake = await startFakeSystem(
    t,
    system((url) => ({ [create]: [granted(url), duplicate], 'PUT /store': [expired] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.strictSame(fake.calls(), [create, 'PUT /store', create, get])
})

t.test('a store that is busy, in conflict or gone for a moment is tried again', async (t) => {
  const passing: Answer[] = [
    { status: 503, body: xml('SlowDown') },
    { status: 409 },
    'hang up',
    { status: 200 },
  ]
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': passing })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.equal(fake.calls().filter((call) => call === 'PUT /store').length, 4)
})

t.test('a store that hangs up although it has the bytes', async (t) => {
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': ['hang up'] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.equal(fake.calls().filter((call) => call === complete).length, 1, 'it is announced once')

  const missing = { status: 409, body: { code: 'UPLOAD_NOT_FOUND_IN_STORE', title: 'Not there.' } }
  const without = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': ['hang up'], [complete]: [missing] })),
  )
  await t.rejects(
    uploadImage(file, without),
    { name: 'StoreUnreachable' },
    'the lost connection is the reason',
  )
})

t.test('what the store refuses becomes a sentence', async (t) => {
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': [{ status: 400, body: xml('BadDigest') }] })),
  )
  await t.rejects(uploadImage(file, fake), {
    status: 400,
    code: 'BadDigest',
    message: /damaged in transit/,
  })
  t.strictSame(fake.calls(), [create, 'PUT /store'])
})

t.test('problems of the gateway', async (t) => {
  const errors = [{ field: 'byteLength', message: 'must be <= 5' }]
  const invalid = {
    status: 400,
    body: {
      code: 'VALIDATION_FAILED',
      title: 'Wrong.',
      detail: 'Quite wrong.',
      status: 400,
      errors,
      requestId: 'r1',
    },
  }
  const fake = await startFakeSystem(
    t,
    system(() => ({ [create]: [invalid] })),
  )
  await t.rejects(uploadImage(file, fake), {
    name: 'HashgateError',
    code: 'VALIDATION_FAILED',
    status: 400,
    requestId: 'r1',
    title: 'Wrong.',
    detail: 'Quite wrong.',
    errors,
    message: 'Quite wrong. byteLength must be <= 5',
  })
  t.strictSame(fake.calls(), [create], 'no retry can help')

  const proxy = await startFakeSystem(
    t,
    system(() => ({ [create]: [{ status: 413, body: '<html>' }] })),
  )
  await t.rejects(uploadImage(file, proxy), { code: 'HTTP_413' })
})

t.test('asks again after Retry-After, when the gateway is limited, away or broken', async (t) => {
  const limited = {
    status: 429,
    headers: { 'retry-after': '1' },
    body: { code: 'RATE_LIMITED', title: 'Slow.', status: 429 },
  }
  const passing = (url: string): Answer[] => [limited, 'hang up', { status: 502, body: '' }, granted(url)]
  const fake = await startFakeSystem(
    t,
    system((url) => ({ [create]: passing(url) })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.equal(fake.calls().filter((call) => call === create).length, 4)
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

t.test('a signal ends it, also between two tries', async (t) => {
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

t.test('progress only grows, up to all bytes', async (t) => {
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
  t.ok(sent.length > 1, 'it is told more than once')
  t.strictSame(
    sent,
    sent.toSorted((a, b) => a - b),
  )
  t.equal(sent.at(-1), large.size)
  t.equal(fake.seen[1]?.body.length, large.size)
})

t.test('a signal ends a PUT in its middle', async (t) => {
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': ['stay silent'] })),
  )
  const controller = new AbortController()
  const onProgress = () => controller.abort(new Error('enough'))
  await t.rejects(uploadImage(file, { ...fake, signal: controller.signal, onProgress }), {
    message: 'enough',
  })
  t.notOk(fake.calls().includes(complete), 'nothing is announced')

  const before = fake.seen.length
  await t.rejects(uploadImage(file, { ...fake, signal: AbortSignal.abort(new Error('early')) }), {
    message: 'early',
  })
  t.equal(fake.seen.length, before, 'nothing is asked when it was aborted before')
})

t.test('a file that changes on the disk is no lost connection', async (t) => {
  const path = join(t.testdir({ 'a.png': bytes }), 'a.png')
  const onDisk = await openAsBlob(path, { type: 'image/png' })
  const fake = await startFakeSystem(t, system())
  const hash = async () => {
    await writeFile(path, 'something else, and longer than before')
    return imageId
  }
  await t.rejects(uploadImage(onDisk, { ...fake, hash }), {
    name: 'FileChanged',
    message: /changed or removed/,
  })
  t.notOk(fake.calls().includes(complete))
})

t.test('an answer that breaks off, or is not the gateway’s, is as good as none', async (t) => {
  const fake = await startFakeSystem(
    t,
    system((url) => ({ [create]: [{ status: 200, body: '<html>Log in to the Wi-Fi' }, granted(url)] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
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
