import t from 'tap'
import {
  type HashAnswer,
  type HashRequest,
  hashInWorker,
} from '../../../packages/client/src/hash/hash-in-worker.ts'

const file = new Blob(['bytes'])

/** A worker whose responses the test controls. */
function createFakeWorker() {
  const requests: HashRequest[] = []
  const fake = {
    requests,
    terminated: false,
    postMessage: (request: HashRequest) => requests.push(request),
    terminate() {
      fake.terminated = true
    },
    answer: (data: HashAnswer) => (fake as unknown as Worker).onmessage?.({ data } as MessageEvent),
    fail: () => (fake as unknown as Worker).onerror?.({} as ErrorEvent),
  }
  return fake
}

t.test('files share one worker, and each gets its own answers', async (t) => {
  const worker = createFakeWorker()
  let started = 0
  const hash = hashInWorker(() => {
    started += 1
    return worker as unknown as Worker
  })
  const progress: number[] = []
  const first = hash(file, { onProgress: (hashedBytes) => progress.push(hashedBytes) })
  const second = hash(file)
  worker.answer({ id: 2, sha256: 'b' })
  worker.answer({ id: 1, hashedBytes: 3 })
  worker.answer({ id: 1, sha256: 'a' })
  t.strictSame(await Promise.all([first, second]), ['a', 'b'])
  t.strictSame(progress, [3])
  t.equal(started, 1)
})

t.test('an unreadable file does not affect the others', async (t) => {
  const worker = createFakeWorker()
  const hash = hashInWorker(() => worker as unknown as Worker)
  const [broken, fine] = [hash(file), hash(file)]
  worker.answer({ id: 1, error: { name: 'NotReadableError', message: 'gone' } })
  worker.answer({ id: 2, sha256: 'b' })
  await t.rejects(broken, { name: 'NotReadableError', message: 'gone' })
  t.equal(await fine, 'b')
})

t.test('an aborted file is cancelled in the worker', async (t) => {
  const worker = createFakeWorker()
  const hash = hashInWorker(() => worker as unknown as Worker)
  const stop = new AbortController()
  const hashing = hash(file, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await t.rejects(hashing, { message: 'enough' })
  t.strictSame(worker.requests, [{ id: 1, file }, { id: 1 }])
  await t.rejects(hash(file, { signal: stop.signal }), { message: 'enough' })
  t.equal(worker.requests.length, 2)
})

t.test('a worker that fails rejects all files, and the next file starts another', async (t) => {
  const workers = [createFakeWorker(), createFakeWorker()]
  let started = 0
  const hash = hashInWorker(() => workers[started++] as unknown as Worker)
  const lost = [hash(file), hash(file)]
  workers[0]?.fail()
  for (const one of lost) await t.rejects(one, { name: 'HashWorkerFailed' })
  t.equal(workers[0]?.terminated, true)
  const next = hash(file)
  workers[1]?.answer({ id: 3, sha256: 'c' })
  t.equal(await next, 'c')
})

t.test('a worker that cannot be started', async (t) => {
  const hash = hashInWorker(() => {
    throw new Error('blocked by the policy')
  })
  await t.rejects(hash(file), { name: 'HashWorkerFailed', cause: { message: 'blocked by the policy' } })
})
