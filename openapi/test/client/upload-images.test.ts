import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { ImagesProgress, UploadResult } from '../../packages/client/src/index.ts'
import { uploadImages } from '../../packages/client/src/upload-images.ts'
import { startUploadServer } from './start-upload-server.ts'

const fileOf = (text: string, name = `${text}.png`) => new File([text], name, { type: 'image/png' })
const files = (count: number) => Array.from({ length: count }, (_, index) => fileOf(`image ${index}`))
const idOf = (text: string) => hash('sha256', text)

/** A file that was removed after it was chosen. */
class BrokenFile extends File {
  override stream(): never {
    throw new DOMException('The file cannot be read.', 'NotReadableError')
  }
}

t.test('many files: URLs in batches, each file sent once, results in the order of the list', async (t) => {
  const server = await startUploadServer(t)
  const list = files(120)
  const results = await uploadImages(list, server)
  t.strictSame(
    results.map(({ file }) => file.name),
    list.map(({ name }) => name),
  )
  t.strictSame(
    results.map((result) => !result.error && result.imageId),
    list.map((_, index) => idOf(`image ${index}`)),
  )
  t.match(results[119], {
    index: 119,
    duplicate: false,
    sentBytes: 9,
    image: { status: 'ready' },
    error: undefined,
  })
  t.equal(server.count('PUT /store/ID'), 120)
  t.equal(server.stored.get(idOf('image 7'))?.toString(), 'image 7')
  t.ok(server.batchSizes.length < 20, `${server.batchSizes.length} batches`)
  t.ok(Math.max(...server.batchSizes) > 10, `of up to ${Math.max(...server.batchSizes)}`)
})

t.test('equal files of the list are sent once', async (t) => {
  const server = await startUploadServer(t)
  const results = await uploadImages([fileOf('a'), fileOf('b'), fileOf('a', 'copy.png')], server)
  t.match(results, [
    { duplicate: false, sentBytes: 1 },
    { duplicate: false },
    { duplicate: true, sentBytes: 0 },
  ])
  t.equal(server.count('PUT /store/ID'), 2)
})

t.test('an unreadable file and a refused one do not affect the others', async (t) => {
  const server = await startUploadServer(t, {
    refuse: ({ sha256 }) => (sha256 === idOf('bad') ? { status: 422, code: 'IMAGE_TOO_LARGE' } : undefined),
  })
  const reported: UploadResult[] = []
  const list = [new BrokenFile(['x'], 'gone.png'), fileOf('bad'), fileOf('good')]
  const results = await uploadImages(list, { ...server, onResult: (result) => reported.push(result) })
  t.match(results, [
    { error: { name: 'FileChanged' } },
    { error: { name: 'HashgateError', code: 'IMAGE_TOO_LARGE' } },
    { image: { status: 'ready' } },
  ])
  t.equal(reported.length, 3)
})

t.test(
  'when the first of two equal files becomes unreadable during its upload, the second is sent',
  async (t) => {
    const server = await startUploadServer(t)
    const first = new BrokenFile(['a'], 'first.png')
    async function hash(file: Blob): Promise<string> {
      if (file !== first) await setImmediate()
      return idOf('a')
    }
    const results = await uploadImages([first, fileOf('a')], { ...server, hash })
    t.match(results, [{ error: { name: 'FileChanged' } }, { duplicate: false, sentBytes: 1 }])
  },
)

t.test('progress is reported for each file and for the list', async (t) => {
  const server = await startUploadServer(t, { known: [idOf('known')] })
  const events: ImagesProgress[] = []
  await uploadImages([fileOf('new one'), fileOf('known')], {
    ...server,
    onProgress: (event) => events.push(event),
  })
  const stepsOf = (index: number) => [
    ...new Set(events.filter((event) => event.index === index).map(({ step }) => step)),
  ]
  t.strictSame(stepsOf(0), ['hashing', 'uploading', 'processing', 'done'])
  t.strictSame(stepsOf(1), ['hashing', 'processing', 'done'])
  t.match(
    events.findLast(({ step }) => step === 'uploading'),
    { sentBytes: 7, totalBytes: 7, file: { name: 'new one.png' } },
  )
  t.strictSame(events.at(-1)?.all, { doneFiles: 2, totalFiles: 2, doneBytes: 12, totalBytes: 12 })
})

t.test('a refused key ends the run; no file is sent', async (t) => {
  const server = await startUploadServer(t, { refuse: () => ({ status: 401, code: 'UNAUTHENTICATED' }) })
  await t.rejects(uploadImages(files(80), server), { name: 'HashgateError', code: 'UNAUTHENTICATED' })
  t.equal(server.count('PUT /store/ID'), 0)
})

t.test('aborting ends the run with the reason', async (t) => {
  const server = await startUploadServer(t)
  const stop = new AbortController()
  const onResult = () => stop.abort(new Error('enough'))
  const run = uploadImages(files(60), { ...server, signal: stop.signal, concurrency: 1, onResult })
  await t.rejects(run, { message: 'enough' })
  t.ok(server.count('PUT /store/ID') < 60)
  await t.rejects(uploadImages(files(1), { ...server, signal: stop.signal }), { message: 'enough' })
})

t.test('without waiting, and with a transport and a hash of the application', async (t) => {
  const server = await startUploadServer(t)
  const sent: string[] = []
  const results = await uploadImages(files(3), {
    ...server,
    wait: false,
    hash: async (file) => hash('sha256', await file.text()),
    send: async ({ method, headers }, file) => {
      sent.push(`${method} ${await file.text()} ${headers['content-length']}`)
      return { status: 200, body: '' }
    },
  })
  t.strictSame(sent.sort(), ['PUT image 0 7', 'PUT image 1 7', 'PUT image 2 7'])
  t.match(results[0], { imageId: idOf('image 0'), image: undefined })
  t.equal(server.count('GET /v1/images/ID'), 0)
  t.equal(server.count('PUT /store/ID'), 0)
})

const megabyte = new Uint8Array(1_000_000)

/** A file of 20 MB whose bytes are made while it is read. It cannot be read at once. */
class LazyFile extends Blob {
  static reading = 0
  static mostAtOnce = 0
  readonly #number: number

  constructor(number: number) {
    super()
    this.#number = number
  }
  override get size() {
    return 20_000_000
  }
  override slice() {
    return new Blob(['\xff\xd8\xff'])
  }
  override arrayBuffer(): never {
    throw new Error('The whole file was read into memory.')
  }
  override stream() {
    let parts = 0
    LazyFile.reading += 1
    LazyFile.mostAtOnce = Math.max(LazyFile.mostAtOnce, LazyFile.reading)
    const first = megabyte.slice()
    new DataView(first.buffer).setUint32(0, this.#number)
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          controller.enqueue(parts === 0 ? first : megabyte)
          parts += 1
          if (parts < 20) return
          LazyFile.reading -= 1
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
  }
}

t.test('a list of 2 GB is streamed, a few files at a time', async (t) => {
  const server = await startUploadServer(t)
  const list = Array.from({ length: 100 }, (_, number) => new LazyFile(number))
  let sentBytes = 0
  const results = await uploadImages(list, {
    ...server,
    concurrency: 3,
    async send(_, file) {
      for await (const part of file.stream()) sentBytes += part.length
      return { status: 200, body: '' }
    },
  })
  t.equal(results.filter(({ error }) => error).length, 0)
  t.equal(new Set(results.map((result) => !result.error && result.imageId)).size, 100)
  t.equal(sentBytes, 2_000_000_000)
  t.ok(LazyFile.mostAtOnce <= 5, `${LazyFile.mostAtOnce} at a time: two are hashed, three are sent`)
})
