import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { PreparedFile } from '../../../packages/cli/src/upload/prepare-file.ts'
import {
  type FileResult,
  type UploadRun,
  uploadFiles,
} from '../../../packages/cli/src/upload/upload-files.ts'
import { sha256, startFakeGateway } from './start-fake-gateway.ts'

type Fake = Awaited<ReturnType<typeof startFakeGateway>>

/** Uploads files of these contents, named in their order. */
async function upload(t: Test, fake: Fake, contents: string[], changes: Partial<UploadRun> = {}) {
  const names = contents.map((_, index) => `${String(index).padStart(4, '0')}.png`)
  const directory = t.testdir(Object.fromEntries(names.map((name, index) => [name, contents[index] ?? ''])))
  const results: FileResult[] = []
  let error: unknown
  await uploadFiles(
    names.map((name) => join(directory, name)),
    {
      gateway: fake.gateway,
      key: fake.key,
      concurrency: 4,
      timeoutSeconds: 60,
      signal: new AbortController().signal,
      onSending: () => ({ sent: () => {}, end: () => {} }),
      onDone: (result) => results.push(result),
      ...changes,
    },
  ).catch((thrown) => {
    error = thrown
  })
  return { results: results.toSorted((a, b) => (a.file < b.file ? -1 : 1)), error }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `image ${index}`)
const puts = ({ calls }: Fake) => calls.filter((call) => call.startsWith('PUT'))

t.test('requests at most 100 files per batch, and sends every file once', async (t) => {
  const fake = await startFakeGateway(t)
  const { results } = await upload(t, fake, numbers(230))
  t.ok(fake.batches.every(({ length }) => length <= 100))
  t.ok(
    fake.batches.some(({ length }) => length > 1),
    'files are requested together',
  )
  t.equal(fake.batches.flat().length, 230)
  t.equal(results.length, 230)
  t.ok(results.every(({ result, status }) => result === 'uploaded' && status === 'ready'))
  t.equal(puts(fake).length, 230)
  t.equal(fake.stored.get(sha256('image 7'))?.toString(), 'image 7')
})

t.test('the same content twice, in one batch and in two, is sent once', async (t) => {
  const secondBatch = Promise.withResolvers<void>()
  let batches = 0
  const fake = await startFakeGateway(t, {
    refuse: (call) => {
      if (call.endsWith('/batch') && ++batches === 2) secondBatch.resolve()
      return undefined
    },
    // The first batch ends only after the second has requested its URLs.
    verdict: () => secondBatch.promise.then(() => 'ready'),
  })
  const { results } = await upload(t, fake, [...numbers(120), 'image 3', 'image 119'])
  t.equal(puts(fake).length, 120)
  t.equal(fake.batches.flat().length, 120, 'a URL is requested once for each content')
  t.equal(results.filter(({ result }) => result === 'uploaded').length, 120)
  const duplicates = results.filter(({ result }) => result === 'duplicate')
  t.match(
    duplicates.toSorted((one, other) => one.skippedBytes - other.skippedBytes),
    [
      { status: 'ready', uploadedBytes: 0, skippedBytes: 7, variants: ['thumb'] },
      { status: 'ready', uploadedBytes: 0, skippedBytes: 9 },
    ],
  )
})

t.test('a file with the same content gets the outcome of the file that is sent', async (t) => {
  const refusing = await startFakeGateway(t, { refuse: (call) => (call.startsWith('PUT') ? 400 : undefined) })
  const failed = await upload(t, refusing, ['same', 'same'])
  t.match(failed.results, [
    { result: 'failed', reason: /HTTP 400/ },
    { result: 'failed', reason: /HTTP 400/ },
  ])
  t.notOk(
    refusing.calls.some((call) => call.startsWith('GET')),
    'no wait for a file that was not sent',
  )

  const rejecting = await startFakeGateway(t, { verdict: () => 'rejected' })
  const rejected = await upload(t, rejecting, ['same', 'same'])
  // The file that was hashed first is sent, and two are hashed at once.
  t.match(
    rejected.results.toSorted((one, other) => other.uploadedBytes - one.uploadedBytes),
    [
      { result: 'rejected', uploadedBytes: 4 },
      { result: 'rejected', uploadedBytes: 0, skippedBytes: 4, reason: 'image_corrupt: It is damaged.' },
    ],
  )
})

t.test('an unusable file causes no request and does not affect others', async (t) => {
  const fake = await startFakeGateway(t)
  const { results } = await upload(t, fake, ['', 'image'])
  t.match(results, [{ result: 'failed', reason: 'The file is empty.' }, { result: 'uploaded' }])
  t.equal(fake.batches[0]?.length, 1)
})

t.test('--concurrency limits the files sent at the same time, and the end of each is reported', async (t) => {
  const fake = await startFakeGateway(t)
  let sending = 0
  let most = 0
  const sizes = new Map<string, number>()
  const onSending = ({ path }: PreparedFile) => {
    most = Math.max(most, ++sending)
    return { sent: (bytes: number) => sizes.set(path, bytes), end: () => void sending-- }
  }
  await upload(t, fake, numbers(40), { concurrency: 3, onSending })
  t.ok(most <= 3, `${most} at once`)
  t.equal(sending, 0)
  t.equal(sizes.size, 40)
})

t.test('an upload-only key follows its images with their read tokens', async (t) => {
  const fake = await startFakeGateway(t, {
    refuse: (call, key) => (call.startsWith('GET') && !key.startsWith('read-') ? 403 : undefined),
  })
  const { results, error } = await upload(t, fake, ['one', 'two'])
  t.equal(error, undefined)
  t.match(results, [
    { result: 'uploaded', status: 'ready' },
    { result: 'uploaded', status: 'ready' },
  ])
  t.ok(fake.keys.includes(`read-${sha256('one')}`))
})

t.test('a refused batch ends the run', async (t) => {
  const fake = await startFakeGateway(t, { refuse: (call) => (call.endsWith('/batch') ? 401 : undefined) })
  const { results, error } = await upload(t, fake, numbers(500))
  t.match(error, { name: 'HashgateError', code: 'REFUSED', status: 401 })
  t.strictSame(results, [])
  t.ok(fake.calls.length <= 2, 'no batch is requested after the refusal')
})

t.test('a signal ends the run; aborted files are not reported', async (t) => {
  const fake = await startFakeGateway(t, { verdict: () => 'never' })
  const controller = new AbortController()
  const onSending = () => ({ sent: () => {}, end: () => controller.abort(new Error('enough')) })
  const { results, error } = await upload(t, fake, numbers(300), { signal: controller.signal, onSending })
  t.match(error, { message: 'enough' })
  t.strictSame(results, [])
  t.ok(fake.batches.flat().length <= 200, 'only a limited number of files is started')
})
