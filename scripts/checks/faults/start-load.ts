import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { hashBlob } from '../../../openapi/packages/client/src/hash/hash-blob.ts'
import { createHashgateClient } from '../../../openapi/packages/client/src/hashgate-client.ts'
import { GatewayUnreachable, HashgateError } from '../../../openapi/packages/client/src/hashgate-error.ts'
import { retry } from '../../../openapi/packages/client/src/retry.ts'
import { sleep } from '../../../openapi/packages/client/src/sleep.ts'
import { StoreError, StoreUnreachable } from '../../../openapi/packages/client/src/store-error.ts'
import type { ContentType, UploadAnswer, UploadRequest } from '../../../openapi/packages/client/src/types.ts'
import { deliverBytes, isGranted } from '../../../openapi/packages/client/src/upload-image.ts'

interface LoadOptions {
  gatewayUrl: string
  key: string
  images: number
  /** Concurrent uploads. */
  atOnce?: number
  /** Upper limit, so that the load outlasts the fault. */
  perSecond?: number
  /** Aborted at the end of the run. */
  signal: AbortSignal
}

export type Load = ReturnType<typeof startLoad>

const retrySeconds = 0.5

/**
 * Uploads distinct images as an application with the client library does, and retries transient errors until the run ends.
 * A granted upload is not requested again: the first response must hold.
 */
export function startLoad(options: LoadOptions) {
  const { gatewayUrl, key, images, atOnce = 16, perSecond = Number.POSITIVE_INFINITY, signal } = options
  /** Ids of images whose upload request got a 2xx. */
  const granted = new Set<string>()
  /** Ids of images whose PUT succeeded, too. */
  const stored = new Set<string>()
  /** Number of responses by status; `none` counts requests without a response. */
  const answers = new Map<string, number>()
  const client = createHashgateClient({ gateway: gatewayUrl, key, signal, fetch: fetchAndCount })
  const startedAt = Date.now()
  let next = 0

  async function fetchAndCount(...args: Parameters<typeof fetch>): Promise<Response> {
    const response = await fetch(...args).catch((error) => {
      count('none')
      throw error
    })
    count(String(response.status))
    return response
  }

  const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1)

  async function sendSequentially(): Promise<void> {
    while (next < images) {
      const number = next++
      await sleep(Math.max(0, startedAt / 1_000 + number / perSecond - Date.now() / 1_000), signal)
      await send(await makeImage(number))
    }
  }

  async function send(file: Blob): Promise<void> {
    const request: UploadRequest = {
      sha256: await hashBlob(file),
      byteLength: file.size,
      contentType: file.type as ContentType,
    }
    const answer = await retryTransient(() => client.requestUpload(request))
    granted.add(answer.imageId)
    await retryTransient(() => deliver(file, request, answer))
    stored.add(answer.imageId)
  }

  async function deliver(file: Blob, request: UploadRequest, answer: UploadAnswer): Promise<void> {
    if (isGranted(answer)) await deliverBytes(client, request, answer, file, { signal })
  }

  /** The client library gives up after some seconds; the application retries. */
  function retryTransient<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, {
      signal,
      delaySeconds: (error) => (isTransient(error) ? retrySeconds : undefined),
    })
  }

  const done = Promise.all(Array.from({ length: atOnce }, sendSequentially))
  // Callers see a rejection when they await it; until then it must not count as unhandled.
  done.catch(() => {})
  return { granted, stored, answers, done }
}

function isTransient(error: unknown): boolean {
  if (error instanceof HashgateError || error instanceof StoreError) {
    return error.status >= 500 || error.status === 429
  }
  return error instanceof GatewayUnreachable || error instanceof StoreUnreachable
}

const formats = ['png', 'jpeg', 'webp'] as const
const side = 64

/** A small unique image: noise derived from its number, so that runs are reproducible. */
export async function makeImage(number: number): Promise<Blob> {
  const format = formats[number % formats.length] ?? 'png'
  const noise = createHash('shake256', { outputLength: side * side * 3 })
    .update(String(number))
    .digest()
  const image = sharp(noise, { raw: { width: side, height: side, channels: 3 } })
  return new Blob([Uint8Array.from(await image.toFormat(format).toBuffer())], { type: `image/${format}` })
}
