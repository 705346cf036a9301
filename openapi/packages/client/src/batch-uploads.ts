import type { HashgateClient } from './hashgate-client.ts'
import { HashgateError, isTransient } from './hashgate-error.ts'
import type { UploadAnswer, UploadRefused, UploadRequest } from './types.ts'

export interface BatcherOptions {
  /** Milliseconds that the first request of a batch waits for more. */
  maxDelayMs?: number
}

export interface UploadBatcher {
  /**
   * Requests an upload URL for one image.
   * @throws HashgateError when the gateway refuses this image or the whole batch, and the other errors of the client
   */
  requestUpload: (request: UploadRequest) => Promise<UploadAnswer>
}

/** A batcher that can be flushed before the delay is over. */
export interface FlushableBatcher extends UploadBatcher {
  /** Sends the collected requests now. */
  flush: () => void
}

interface Waiting {
  request: UploadRequest
  resolve: (answer: UploadAnswer | Promise<UploadAnswer>) => void
  reject: (error: unknown) => void
}

/** The gateway's limit. */
const maxBatch = 100

/**
 * Collects the upload requests that are made within `maxDelayMs` (20) and sends them as one call, at most 100 in each. A single
 * request is sent as `POST /v1/uploads`. The refusal of one image affects no other.
 *
 * @param client created by `createHashgateClient`; its `signal` stops the calls
 */
export function createUploadBatcher(
  client: Pick<HashgateClient, 'requestUpload' | 'requestUploads'>,
  { maxDelayMs = 20 }: BatcherOptions = {},
): FlushableBatcher {
  let batch: Waiting[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const sent = batch
    if (sent.length === 0) return
    batch = []
    void sendBatch(sent).catch((error) => {
      for (const { reject } of sent) reject(error)
    })
  }

  async function sendBatch(sent: Waiting[]): Promise<void> {
    const [first] = sent
    if (first && sent.length === 1) return first.resolve(await client.requestUpload(first.request))
    const results = await client.requestUploads(sent.map(({ request }) => request))
    for (const [index, { request, resolve, reject }] of sent.entries()) {
      const result = results[index]
      if (!result) reject(new Error('The gateway returned no result for this upload.'))
      else resolve(isRefused(result) ? handleRefusal(result, request) : result)
    }
  }

  /** A single call is retried, so it can help where a later attempt can. */
  async function handleRefusal({ problem }: UploadRefused, request: UploadRequest): Promise<UploadAnswer> {
    const error = new HashgateError(problem)
    if (isTransient(error)) return client.requestUpload(request)
    throw error
  }

  return {
    flush,
    requestUpload: (request) =>
      new Promise((resolve, reject) => {
        batch.push({ request, resolve, reject })
        if (batch.length === maxBatch) flush()
        else timer ??= setTimeout(flush, maxDelayMs)
      }),
  }
}

function isRefused(result: UploadAnswer | UploadRefused): result is UploadRefused {
  return 'problem' in result && result.problem !== undefined
}
