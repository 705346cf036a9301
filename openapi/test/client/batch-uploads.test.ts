import t from 'tap'
import { createUploadBatcher } from '../../packages/client/src/batch-uploads.ts'
import { createHashgateClient } from '../../packages/client/src/hashgate-client.ts'
import type { UploadRequest } from '../../packages/client/src/types.ts'
import { type Answer, startFakeSystem } from './start-fake-system.ts'

const single = 'POST /v1/uploads'
const batch = 'POST /v1/uploads/batch'

const request = (number: number): UploadRequest => ({
  sha256: String(number).padStart(64, '0'),
  byteLength: number,
  contentType: 'image/png',
})
const answer = (number: number) => ({ imageId: request(number).sha256, status: 'pending', duplicate: true })
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const results = (items: unknown[]): Answer => ({ status: 200, body: { results: items } })

async function startBatcher(t: Parameters<typeof startFakeSystem>[0], script: Record<string, Answer[]>) {
  const fake = await startFakeSystem(t, () => script)
  return { fake, batcher: createUploadBatcher(createHashgateClient(fake)) }
}

t.test('requests made together are sent in one call, and each gets its own result', async (t) => {
  const { fake, batcher } = await startBatcher(t, { [batch]: [results(numbers(0, 3).map(answer))] })
  const answers = await Promise.all(numbers(0, 3).map((number) => batcher.requestUpload(request(number))))
  t.strictSame(answers, numbers(0, 3).map(answer))
  t.strictSame(fake.calls(), [batch])
  t.strictSame(JSON.parse(String(fake.seen[0]?.body)), { uploads: numbers(0, 3).map(request) })
})

t.test('a request without company is sent as a single call', async (t) => {
  const { fake, batcher } = await startBatcher(t, { [single]: [{ status: 200, body: answer(1) }] })
  t.strictSame(await batcher.requestUpload(request(1)), answer(1))
  t.strictSame(await batcher.requestUpload(request(1)), answer(1), 'the next window')
  t.strictSame(fake.calls(), [single, single])
})

t.test('at most 100 requests go into one call', async (t) => {
  const { fake, batcher } = await startBatcher(t, {
    [batch]: [results(numbers(0, 100).map(answer)), results(numbers(100, 150).map(answer))],
  })
  // The second call is sent later, so that the responses of the script belong to the right one.
  const first = Promise.all(numbers(0, 100).map((number) => batcher.requestUpload(request(number))))
  t.equal((await first).length, 100)
  const second = await Promise.all(numbers(100, 150).map((number) => batcher.requestUpload(request(number))))
  t.equal(second.at(-1)?.imageId, answer(149).imageId)
  const sizes = fake.seen.map(({ body }) => JSON.parse(String(body)).uploads.length)
  t.strictSame(sizes, [100, 50])
})

t.test('the refusal of one image affects no other', async (t) => {
  const problem = { type: 'about:blank', title: 'Too large.', status: 413, code: 'IMAGE_TOO_LARGE' }
  const { batcher } = await startBatcher(t, { [batch]: [results([answer(0), { problem }])] })
  const [fine, refused, missing] = await Promise.allSettled(
    numbers(0, 3).map((number) => batcher.requestUpload(request(number))),
  )
  t.match(fine, { status: 'fulfilled', value: answer(0) })
  t.match(refused, { reason: { name: 'HashgateError', code: 'IMAGE_TOO_LARGE', status: 413 } })
  t.match(missing, { reason: { message: 'The gateway returned no result for this upload.' } })
})

t.test('when the call is refused, all of its requests fail', async (t) => {
  const problem = { type: 'about:blank', title: 'No.', status: 403, code: 'SCOPE_MISSING' }
  const { batcher } = await startBatcher(t, { [batch]: [{ status: 403, body: problem }] })
  const settled = await Promise.allSettled(
    numbers(0, 2).map((number) => batcher.requestUpload(request(number))),
  )
  for (const one of settled) t.match(one, { status: 'rejected', reason: { code: 'SCOPE_MISSING' } })
})

t.test('an item that failed temporarily is requested again in a single call', async (t) => {
  const problem = { type: 'about:blank', title: 'Try again.', status: 503, code: 'DEPENDENCY_UNAVAILABLE' }
  const { fake, batcher } = await startBatcher(t, {
    [batch]: [results([answer(0), { problem }])],
    [single]: [{ status: 200, body: answer(1) }],
  })
  const answers = await Promise.all(numbers(0, 2).map((number) => batcher.requestUpload(request(number))))
  t.strictSame(answers, [answer(0), answer(1)])
  t.strictSame(fake.calls(), [batch, single])
})
