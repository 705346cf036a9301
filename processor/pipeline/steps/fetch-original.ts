import { createHash } from 'node:crypto'
import { addAbortSignal, type Readable } from 'node:stream'
import { DependencyUnavailable, Rejection } from '../../../core/errors.ts'
import { rawKey } from '../../../core/images/object-key.ts'
import type { ProcessorDeps, Work } from '../stages.ts'
import { systemTimers, type Timers } from '../timers.ts'

/** Reads the raw object into memory. If there is none, the image goes back to pending: it has not been uploaded yet. */
export async function fetchOriginal(
  { record, owner }: Work<'claimed'>,
  { catalog, rawBucket, limits, timers = systemTimers }: ProcessorDeps,
): Promise<Work<'fetched' | 'done'>> {
  const found = await rawBucket.read(rawKey(record))
  if (!found) {
    await catalog.release(record, owner)
    return { stage: 'done', outcome: 'not uploaded' }
  }
  const { body, byteLength, contentType, storedAtMs } = found
  if (byteLength > limits.maxUploadBytes) {
    body.destroy()
    throw tooManyBytes(limits.maxUploadBytes)
  }
  const { bytes, sha256 } = await readWithin(
    body,
    limits.maxUploadBytes,
    Math.ceil(limits.imageTimeoutMs / 2),
    timers,
  )
  // The transfer was cut off; the object itself can be complete.
  if (bytes.length < byteLength) throw new DependencyUnavailable('bucket', new Error('the body ended early'))
  if (sha256 !== record.imageId) throw new Rejection('checksum_mismatch')
  return { stage: 'fetched', record, owner, storedAtMs, original: bytes, contentType }
}

async function readWithin(body: Readable, maxBytes: number, timeoutMs: number, timers: Timers) {
  const hash = createHash('sha256')
  const chunks: Buffer[] = []
  let byteLength = 0
  for await (const chunk of chunksOf(body, timeoutMs, timers)) {
    byteLength += chunk.length
    if (byteLength > maxBytes) throw tooManyBytes(maxBytes)
    hash.update(chunk)
    chunks.push(chunk)
  }
  return { bytes: Buffer.concat(chunks, byteLength), sha256: hash.digest('hex') }
}

async function* chunksOf(body: Readable, timeoutMs: number, timers: Timers): AsyncGenerator<Buffer> {
  const tooSlow = new AbortController()
  const cancel = timers.schedule(timeoutMs, () =>
    tooSlow.abort(new Error('the original did not arrive in time')),
  )
  try {
    yield* addAbortSignal(tooSlow.signal, body)
  } catch (error) {
    throw new DependencyUnavailable('bucket', error)
  } finally {
    cancel()
  }
}

function tooManyBytes(maxBytes: number): Rejection {
  return new Rejection('too_many_bytes', `The file is larger than this system accepts: ${maxBytes} bytes.`)
}
