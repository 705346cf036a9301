import { hash } from 'node:crypto'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { createBlobHash, hashBlob } from '../../../packages/client/src/hash/hash-blob.ts'

const bytes = Buffer.from('the bytes of an image')
const expected = hash('sha256', bytes)

/** Hides a global, as in a runtime that lacks it. */
function hideGlobal(t: Test, name: string, value?: unknown) {
  const original = Object.getOwnPropertyDescriptor(globalThis, name)
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  t.teardown(() => {
    if (original) Object.defineProperty(globalThis, name, original)
    else Reflect.deleteProperty(globalThis, name)
  })
}

t.test('the hash equals that of node:crypto for any bytes', async () => {
  const isSame = async (bytes: Uint8Array<ArrayBuffer>) =>
    (await hashBlob(new Blob([bytes]))) === hash('sha256', bytes)
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 1_000 }), (bytes) => isSame(bytes.slice())))
})

t.test('a file is read as a stream, with progress, and can be aborted', async (t) => {
  const part = new Uint8Array(100_000)
  const file = new Blob([part, part])
  const progress: number[] = []
  t.equal(
    await hashBlob(file, { onProgress: (done) => progress.push(done) }),
    hash('sha256', Buffer.alloc(200_000)),
  )
  t.equal(progress.at(-1), 200_000)
  t.ok(progress.length > 1, 'in parts')
  await t.rejects(hashBlob(file, { signal: AbortSignal.abort(new Error('enough')) }), { message: 'enough' })
})

t.test('without node:crypto and without a worker, WebCrypto hashes', async (t) => {
  hideGlobal(t, 'process')
  t.equal(await createBlobHash()(new Blob([bytes])), expected)
})

t.test('a worker that cannot be started is tried once, then WebCrypto hashes', async (t) => {
  hideGlobal(t, 'process')
  hideGlobal(t, 'Worker', class {})
  let started = 0
  const hashFile = createBlobHash({
    startWorker: () => {
      started += 1
      throw new Error('blocked by the policy')
    },
  })
  t.equal(await hashFile(new Blob([bytes])), expected)
  t.equal(await hashFile(new Blob([bytes])), expected)
  t.equal(started, 1)
})

t.test('without any hash implementation, the error has advice', async (t) => {
  hideGlobal(t, 'process')
  hideGlobal(t, 'crypto')
  await t.rejects(createBlobHash()(new Blob([bytes])), { message: /Pass your own `hash`/ })
})
