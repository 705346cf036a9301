import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { Upload } from '../../packages/react/src/upload.ts'
import { createUploadQueue, type UploadQueue } from '../../packages/react/src/upload-queue.ts'
import { type Script, startFakeSystem } from '../client/start-fake-system.ts'

const bytes = Buffer.from('the bytes of an image')
const file = new File([bytes], 'a.png', { type: 'image/png' })
const imageId = createHash('sha256').update(bytes).digest('hex')

const ready = { status: 200, body: { imageId, status: 'ready', variants: [] } }
const refused = { status: 422, body: { code: 'FILE_TOO_LARGE', status: 422, title: 'Too large.' } }

/** A system that accepts the file. */
const system = (url: string): Script => {
  const upload = { method: 'PUT', url: `${url}/store`, headers: {} }
  return {
    'POST /v1/uploads': [{ status: 201, body: { imageId, status: 'pending', upload } }],
    'PUT /store': [{ status: 200 }],
    [`POST /v1/images/${imageId}/complete`]: [{ status: 202, body: { imageId, status: 'pending' } }],
    [`GET /v1/images/${imageId}`]: [ready],
  }
}

t.test('an upload goes from queued to ready', async (t) => {
  const queue = createUploadQueue({ ...(await startFakeSystem(t, system)), concurrency: 1 })
  const seen = recordStatuses(queue)
  const before = queue.getUploads()
  t.equal(queue.getUploads(), before, 'the list is the same object until something changes')
  const [upload] = await queue.add([file])
  t.match(upload, { fileName: 'a.png', status: 'ready', progress: 1, isDuplicate: false, image: { imageId } })
  t.strictSame(seen, ['hashing', 'uploading', 'processing', 'ready'])
  t.strictSame(queue.getUploads(), [upload])
})

t.test('at most `concurrency` are under way, the others are queued', async (t) => {
  const release = Promise.withResolvers<string>()
  const hash = () => release.promise
  const queue = createUploadQueue({ gateway: 'http://127.0.0.1:1', key: 'k', hash, concurrency: 2 })
  const settled = queue.add([file, file, file, file])
  t.strictSame(statuses(queue), ['hashing', 'hashing', 'queued', 'queued'])
  queue.cancel('1')
  t.strictSame(
    statuses(queue),
    ['canceled', 'hashing', 'hashing', 'queued'],
    'the next upload takes the free slot',
  )
  queue.cancel('4')
  release.reject(new Error('The disk failed.'))
  const uploads = await settled
  t.strictSame(
    uploads.map(({ status }) => status),
    ['canceled', 'failed', 'failed', 'canceled'],
  )
  t.equal(uploads[1]?.error?.message, 'The disk failed.')
})

t.test('an upload that was canceled while active can be restarted', async (t) => {
  const script = (url: string): Script => ({ ...system(url), 'PUT /store': ['stay silent', { status: 200 }] })
  const fake = await startFakeSystem(t, script)
  const queue = createUploadQueue({ ...fake, concurrency: 1 })
  const settled = queue.add([file])
  while (!fake.calls().includes('PUT /store')) await setImmediate()
  t.strictSame(statuses(queue), ['uploading'])
  queue.cancel()
  t.match(await settled, [{ status: 'canceled', error: undefined }])
  t.notOk(fake.calls().some((call) => call.endsWith('/complete')))
  queue.retry()
  await waitFor(queue, ({ status }) => status === 'ready')
  t.equal(queue.getUploads().length, 1)
})

t.test('a refused upload has an error, which a retry clears', async (t) => {
  const script = (url: string): Script => {
    const accepted = system(url)
    return { ...accepted, 'POST /v1/uploads': [refused, ...(accepted['POST /v1/uploads'] ?? [])] }
  }
  const queue = createUploadQueue({ ...(await startFakeSystem(t, script)), concurrency: 1 })
  const [upload] = await queue.add([file])
  t.match(upload, { status: 'failed', error: { code: 'FILE_TOO_LARGE' } })
  queue.retry(upload?.id)
  const again = await waitFor(queue, ({ status }) => status === 'ready')
  t.equal(again.error, undefined)
})

t.test('a rejected image has a reason and is not retried', async (t) => {
  const rejection = { reason: 'IMAGE_CORRUPT', detail: 'The image is damaged or cut off.' }
  const rejected = { status: 200, body: { imageId, status: 'rejected', rejection } }
  const script = (url: string) => ({ ...system(url), [`GET /v1/images/${imageId}`]: [rejected] })
  const queue = createUploadQueue({ ...(await startFakeSystem(t, script)), concurrency: 1 })
  const [upload] = await queue.add([file])
  const error = { name: 'ImageRejected', code: rejection.reason, message: rejection.detail }
  t.match(upload, { status: 'rejected', image: { rejection }, error })
  queue.retry()
  t.strictSame(statuses(queue), ['rejected'])
})

t.test('removing an upload cancels it and removes it from the list', async (t) => {
  const hash = () => new Promise<string>(() => {})
  const queue = createUploadQueue({ gateway: 'http://127.0.0.1:1', key: 'k', hash, concurrency: 2 })
  const settled = queue.add([file, file])
  queue.remove('1')
  t.strictSame(statuses(queue), ['hashing'])
  queue.remove()
  t.strictSame(queue.getUploads(), [])
  await settled
  t.strictSame(await queue.add([]), [])
})

t.test('a new key is used for later uploads', async (t) => {
  const fake = await startFakeSystem(t, system)
  const queue = createUploadQueue({ ...fake, concurrency: 1 })
  await queue.add([file])
  queue.configure({ ...fake, key: 'another', concurrency: 1 })
  await queue.add([file])
  const keys = fake.seen
    .filter(({ path }) => path === '/v1/uploads')
    .map(({ headers }) => headers.authorization)
  t.strictSame(keys, ['Bearer test-key', 'Bearer another'])
})

function statuses(queue: UploadQueue): string[] {
  return queue.getUploads().map(({ status }) => status)
}

/** The statuses that the first upload goes through. */
function recordStatuses(queue: UploadQueue): string[] {
  const seen: string[] = []
  queue.subscribe(() => {
    const status = statuses(queue)[0]
    if (status && status !== seen.at(-1)) seen.push(status)
  })
  return seen
}

function waitFor(queue: UploadQueue, isWanted: (upload: Upload) => boolean): Promise<Upload> {
  return new Promise((resolve) => {
    const unsubscribe = queue.subscribe(() => {
      const found = queue.getUploads().find(isWanted)
      if (!found) return
      unsubscribe()
      resolve(found)
    })
  })
}
