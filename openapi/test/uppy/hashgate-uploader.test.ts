import { createHash } from 'node:crypto'
import { type Meta, Uppy } from '@uppy/core'
import t, { type Test } from 'tap'
import { createHashgateClient } from '../../packages/client/src/hashgate-client.ts'
import type { UploadAnswer } from '../../packages/client/src/types.ts'
import type { HashgateBody } from '../../packages/uppy/src/index.ts'
import { HashgateUploader } from '../../packages/uppy/src/index.ts'
import { startFakeGateway } from './start-fake-gateway.ts'

t.test('files are hashed, requested in one batch and sent, and the responses match', async (t) => {
  const gateway = await startFakeGateway(t)
  extendBatchWindow(t)
  const uppy = createUppy(gateway)
  uppy.addFiles(['one', 'two', 'three'].map(photo))
  const result = await uppy.upload()
  t.equal(result?.successful?.length, 3)
  t.strictSame(
    uppy.getFiles().map(({ response }) => response?.body),
    ['one', 'two', 'three'].map((text) => ({ imageId: sha256(text), duplicate: false })),
  )
  t.strictSame(gateway.batches, [3])
  t.strictSame([...gateway.stored.values()].sort(), ['one', 'three', 'two'])
})

t.test('a duplicate is not sent', async (t) => {
  const gateway = await startFakeGateway(t)
  gateway.stored.set(sha256('known'), 'known')
  const uppy = createUppy(gateway)
  uppy.addFile(photo('known'))
  await uppy.upload()
  t.strictSame(uppy.getFiles()[0]?.response?.body, { imageId: sha256('known'), duplicate: true })
  t.strictSame(gateway.puts, [])
})

t.test('250 files share few calls', async (t) => {
  const gateway = await startFakeGateway(t)
  const uppy = createUppy(gateway)
  uppy.addFiles(Array.from({ length: 250 }, (_, index) => photo(`photo ${index}`)))
  const result = await uppy.upload()
  t.equal(result?.successful?.length, 250)
  t.equal(gateway.stored.size, 250)
  t.ok(Math.max(...gateway.batches) <= 100, 'no batch exceeds the gateway’s limit')
  t.equal(
    gateway.batches.reduce((sum, size) => sum + size, 0),
    250,
  )
  t.ok(gateway.batches.length <= 25, `${gateway.batches.length} calls`)
})

t.test('at most `limit` files are sent at a time', async (t) => {
  const gateway = await startFakeGateway(t)
  const uppy = createUppy(gateway, { limit: 2 })
  uppy.addFiles(Array.from({ length: 12 }, (_, index) => photo(`photo ${index}`)))
  await uppy.upload()
  t.equal(gateway.stored.size, 12)
  t.ok(gateway.mostPutsAtOnce <= 2, `${gateway.mostPutsAtOnce}`)
})

t.test(
  'a refused file has the message of the API, does not stop the others, and can be retried',
  async (t) => {
    const gateway = await startFakeGateway(t)
    gateway.refuse.add(sha256('refused'))
    const uppy = createUppy(gateway)
    uppy.addFiles(['fine', 'refused'].map(photo))
    const result = await uppy.upload()
    t.strictSame(
      result?.failed?.map(({ name, error }) => ({ name, error })),
      [{ name: 'refused.png', error: 'The image is larger than the gateway accepts.' }],
    )
    t.strictSame([...gateway.stored.values()], ['fine'])

    gateway.refuse.clear()
    const again = await uppy.retryAll()
    t.equal(again?.successful?.length, 1)
    t.equal(uppy.getFiles().find(({ name }) => name === 'refused.png')?.error, null)
    t.equal(gateway.puts.length, 2, 'the other file is not sent again')
  },
)

t.test('a paused file is sent when it is resumed, while the others continue', async (t) => {
  const gateway = await startFakeGateway(t)
  const uppy = createUppy(gateway, { limit: 1 })
  const paused = uppy.addFile(photo('paused'))
  uppy.addFile(photo('other'))
  gateway.holdPut(sha256('paused'))
  const done = uppy.upload()
  await gateway.putStarted(sha256('paused'))
  uppy.pauseResume(paused)
  await nextEvent(uppy, 'upload-success')
  t.strictSame([...gateway.stored.values()], ['other'], 'the paused file gives up its slot')
  t.equal(uppy.getFile(paused).progress.uploadComplete, false)

  gateway.releasePuts()
  uppy.pauseResume(paused)
  await done
  t.equal(uppy.getFile(paused).progress.uploadComplete, true)
  t.strictSame([...gateway.stored.values()].sort(), ['other', 'paused'])
})

t.test('all files can be paused and resumed together', async (t) => {
  const gateway = await startFakeGateway(t)
  const uppy = createUppy(gateway)
  uppy.addFiles(['one', 'two'].map(photo))
  for (const text of ['one', 'two']) gateway.holdPut(sha256(text))
  const done = uppy.upload()
  await Promise.all(['one', 'two'].map((text) => gateway.putStarted(sha256(text))))
  uppy.pauseAll()
  await gateway.putsAborted(2)
  t.equal(gateway.stored.size, 0)
  gateway.releasePuts()
  uppy.resumeAll()
  t.equal((await done)?.successful?.length, 2)
})

t.test('a removed file is aborted without an error, and the upload ends', async (t) => {
  const gateway = await startFakeGateway(t)
  const uppy = createUppy(gateway)
  const errors: unknown[] = []
  uppy.on('upload-error', (_file, error) => errors.push(error))
  const removed = uppy.addFile(photo('removed'))
  uppy.addFile(photo('other'))
  gateway.holdPut(sha256('removed'))
  const done = uppy.upload()
  await gateway.putStarted(sha256('removed'))
  uppy.removeFile(removed)
  await gateway.putsAborted(1)
  t.equal((await done)?.successful?.length, 1)
  t.strictSame(errors, [])
  t.strictSame([...gateway.stored.values()], ['other'])
})

t.test('files that are complete, or that the browser did not keep, are not sent again', async (t) => {
  const gateway = await startFakeGateway(t)
  const uppy = createUppy(gateway)
  const ids = ['complete', 'lost', 'left'].map((text) => uppy.addFile(photo(text)))
  const [complete = '', lost = ''] = ids
  uppy.setFileState(complete, {
    progress: { bytesTotal: 8, bytesUploaded: 8, uploadStarted: 1, uploadComplete: true, complete: true },
  })
  uppy.setFileState(lost, { isGhost: true, data: undefined } as never)
  // Restores an upload as Golden Retriever does.
  uppy.setState({ currentUploads: { restored: { fileIDs: ids, step: 0, result: {} as never } } })
  await uppy.restore('restored')
  t.strictSame([...gateway.stored.values()], ['left'])
})

t.test('`onAnswer` gets the answers, and a client can be passed', async (t) => {
  const gateway = await startFakeGateway(t)
  const answers: [string, UploadAnswer][] = []
  const uppy = new Uppy<Meta, HashgateBody>({ logger: quiet }).use(HashgateUploader, {
    client: createHashgateClient(gateway),
    onAnswer: ({ name }, answer) => answers.push([name, answer]),
  })
  uppy.addFile(photo('one'))
  await uppy.upload()
  t.match(answers, [['one.png', { imageId: sha256('one'), upload: { method: 'PUT' } }]])
})

t.test('the error for options without a gateway names the missing ones', async (t) => {
  const use = () => new Uppy().use(HashgateUploader, {} as never)
  t.throws(use, { message: 'HashgateUploader needs the options `gateway` and `key`, or `client`.' })
})

/** Extends the 20 ms in which requests share a call, because a busy machine may take longer to hash all files. */
function extendBatchWindow(t: Test): void {
  const { setTimeout } = globalThis
  const start = (work: () => void, ms: number) => setTimeout(work, ms === 20 ? 1_000 : ms)
  t.intercept(globalThis, 'setTimeout', { value: start })
}

const quiet = { debug() {}, warn() {}, error() {} }

type Options = Pick<ConstructorParameters<typeof HashgateUploader<Meta, HashgateBody>>[1], 'hash' | 'limit'>

function createUppy({ gateway, key }: { gateway: string; key: string }, options: Options = {}) {
  return new Uppy<Meta, HashgateBody>({ logger: quiet }).use(HashgateUploader, { gateway, key, ...options })
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const photo = (text: string) => ({
  name: `${text}.png`,
  type: 'image/png',
  data: new Blob([text], { type: 'image/png' }),
})

const nextEvent = (uppy: Uppy<Meta, HashgateBody>, event: 'upload-success') =>
  new Promise<void>((resolve) => uppy.once(event, () => resolve()))
