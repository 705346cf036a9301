import { openAsBlob } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { uploadImage } from '../../packages/client/src/upload-image.ts'
import { type Answer, startFakeSystem } from './start-fake-system.ts'
import { bytes, complete, create, file, get, granted, imageId, system, xml } from './upload-script.ts'

t.test('412 counts as stored', async (t) => {
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

t.test('a URL that expired while another client uploaded the same bytes', async (t) => {
  const expired = { status: 403, body: xml('AccessDenied') }
  const duplicate = { status: 200, body: { imageId, status: 'processing', duplicate: true } }
  const fake = await startFakeSystem(
    t,
    system((url) => ({ [create]: [granted(url), duplicate], 'PUT /store': [expired] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.strictSame(fake.calls(), [create, 'PUT /store', create, get])
})

t.test('503, 409 and lost connections of the store are retried', async (t) => {
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

t.test('a store that closes the connection although it has the bytes', async (t) => {
  const fake = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': ['hang up'] })),
  )
  t.equal((await uploadImage(file, fake)).status, 'ready')
  t.equal(fake.calls().filter((call) => call === complete).length, 1, 'completion is reported once')

  const missing = { status: 409, body: { code: 'UPLOAD_NOT_FOUND_IN_STORE', title: 'Not there.' } }
  const without = await startFakeSystem(
    t,
    system(() => ({ 'PUT /store': ['hang up'], [complete]: [missing] })),
  )
  await t.rejects(
    uploadImage(file, without),
    { name: 'StoreUnreachable' },
    'the lost connection is the cause',
  )
})

t.test('a refusal of the store becomes a sentence for users', async (t) => {
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

t.test('a file that changes on disk is not reported as a lost connection', async (t) => {
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
