import { PassThrough } from 'node:stream'
import { test } from 'tap'
import { createStepDeps, fetchedWork } from '../../../../scripts/testkit/create-step-deps.ts'
import { makeImage } from '../../../../scripts/testkit/images/make-image.ts'
import type { Work } from '../../../pipeline/stages.ts'
import { fetchOriginal } from '../../../pipeline/steps/fetch-original.ts'

function claimed(bytes: Buffer): Work<'claimed'> {
  const { record, owner } = fetchedWork(bytes, 'image/png')
  return { stage: 'claimed', record, owner }
}

test('the bytes are returned with their stored content type', async (t) => {
  const bytes = await makeImage('png')
  const { deps } = createStepDeps()
  const body = new PassThrough()
  const read = async () => ({ byteLength: bytes.length, contentType: 'image/x-other', body })
  body.end(bytes)
  const work = await fetchOriginal(claimed(bytes), { ...deps, rawBucket: { read } })
  t.match(work, { stage: 'fetched', contentType: 'image/x-other' })
  t.ok('original' in work && work.original.equals(bytes))
})

test('an object whose content length is too large is not read', async (t) => {
  const { deps } = createStepDeps({ maxUploadBytes: 10 })
  const body = new PassThrough()
  const read = async () => ({ byteLength: 11, contentType: 'image/png', body })
  await t.rejects(fetchOriginal(claimed(Buffer.alloc(1)), { ...deps, rawBucket: { read } }), {
    name: 'Rejection',
    reason: 'too_many_bytes',
    message: 'The file is larger than this system accepts: 10 bytes.',
  })
  t.ok(body.destroyed, 'the connection is closed')
})

test('an endless object is cut off at the limit', async (t) => {
  const { deps } = createStepDeps({ maxUploadBytes: 100_000 })
  const body = new PassThrough()
  let sent = 0
  const feed = () => {
    while (!body.destroyed && body.write(Buffer.alloc(1_000))) sent += 1_000
  }
  body.on('drain', feed)
  feed()
  const read = async () => ({ byteLength: 5, contentType: 'image/png', body })
  const closed = new Promise((resolve) => body.once('close', resolve))
  await t.rejects(fetchOriginal(claimed(Buffer.alloc(1)), { ...deps, rawBucket: { read } }), {
    name: 'Rejection',
    reason: 'too_many_bytes',
  })
  await closed
  t.ok(sent < 300_000, `${sent} bytes were sent`)
})

test('a stalled body is a failure of the store', async (t) => {
  const { deps, clock } = createStepDeps({ imageTimeoutMs: 60_000 })
  const body = new PassThrough({
    read() {
      clock.advance(30_000)
    },
  })
  const read = async () => ({ byteLength: 5, contentType: 'image/png', body })
  await t.rejects(fetchOriginal(claimed(Buffer.alloc(1)), { ...deps, rawBucket: { read } }), {
    name: 'DependencyUnavailable',
    dependency: 'bucket',
  })
  t.ok(body.destroyed, 'the connection is closed')
})

test('bytes that do not match the key are rejected', async (t) => {
  const { deps } = createStepDeps()
  const body = new PassThrough()
  body.end(Buffer.from('other'))
  const read = async () => ({ byteLength: 5, contentType: 'image/png', body })
  await t.rejects(fetchOriginal(claimed(Buffer.from('bytes')), { ...deps, rawBucket: { read } }), {
    name: 'Rejection',
    reason: 'checksum_mismatch',
  })
})
