import { hashBlob } from '../../../openapi/client/hash-blob.ts'
import { createHashgateClient } from '../../../openapi/client/hashgate-client.ts'
import { GatewayUnreachable, HashgateError } from '../../../openapi/client/hashgate-error.ts'
import { retry } from '../../../openapi/client/retry.ts'
import { sleep } from '../../../openapi/client/sleep.ts'
import { StoreError, StoreUnreachable } from '../../../openapi/client/store-error.ts'
import type { ContentType, UploadAnswer, UploadRequest } from '../../../openapi/client/types.ts'
import { deliverBytes, isGranted } from '../../../openapi/client/upload-image.ts'
import { makeImage } from './make-image.ts'

interface LoadOptions {
  gatewayUrl: string
  key: string
  images: number
  /** Images on their way at the same time. */
  atOnce?: number
  /** At most, so that a load lasts longer than the fault that it is to meet. */
  perSecond?: number
  /** The end of the run. */
  signal: AbortSignal
}

export type Load = ReturnType<typeof startLoad>

const persistEverySeconds = 0.5

/**
 * Uploads distinct images as an application with the client library does, which tries again as long as that can help.
 * What was granted is never asked for again: a promise is held to what it said the first time.
 */
export function startLoad(options: LoadOptions) {
  const { gatewayUrl, key, images, atOnce = 16, perSecond = Number.POSITIVE_INFINITY, signal } = options
  /** Ids of images whose request has been answered with a 2xx. */
  const granted = new Set<string>()
  /** Ids of images whose bytes are in the store, too. */
  const stored = new Set<string>()
  /** How often the gateway gave which answer; `none` where it gave none. */
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

  async function sendOneAfterAnother(): Promise<void> {
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
    const answer = await persist(() => client.requestUpload(request))
    granted.add(answer.imageId)
    await persist(() => deliver(file, request, answer))
    stored.add(answer.imageId)
  }

  async function deliver(file: Blob, request: UploadRequest, answer: UploadAnswer): Promise<void> {
    if (isGranted(answer)) await deliverBytes(client, request, answer, file, { signal })
  }

  /** The client library gives up after some seconds; who has something to upload asks again. */
  function persist<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, {
      signal,
      delaySeconds: (error) => (canHelp(error) ? persistEverySeconds : undefined),
    })
  }

  const done = Promise.all(Array.from({ length: atOnce }, sendOneAfterAnother))
  // Who awaits it sees what went wrong; nobody may be looking yet.
  done.catch(() => {})
  return { granted, stored, answers, done }
}

function canHelp(error: unknown): boolean {
  if (error instanceof HashgateError || error instanceof StoreError) {
    return error.status >= 500 || error.status === 429
  }
  return error instanceof GatewayUnreachable || error instanceof StoreUnreachable
}
