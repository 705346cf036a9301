import { checkAborted } from './check-aborted.ts'
import { GatewayUnreachable, HashgateError, isTransient } from './hashgate-error.ts'
import { readProblem } from './read-problem.ts'
import { backoffSeconds, retry } from './retry.ts'
import { sleep } from './sleep.ts'
import type {
  CompletionAccepted,
  DayListing,
  Image,
  ImageList,
  UploadAnswer,
  UploadRefused,
  UploadRequest,
} from './types.ts'

export interface ClientOptions {
  /** Base URL of the gateway, such as `http://127.0.0.1:3000`. */
  gateway: string
  key: string
  signal?: AbortSignal
  /** Replaces the global `fetch`, for example to use a proxy or to log requests. */
  fetch?: typeof fetch
}

export type HashgateClient = ReturnType<typeof createHashgateClient>

const maxAttempts = 5
const maxDelaySeconds = 30
const maxWaitSeconds = 20
/** A gateway that is shutting down answers waiting requests at once. Without a pause, clients would then poll in a tight loop. */
const maxPauseSeconds = 2

/**
 * Creates a client for the gateway's API. Every call retries a limited number of times on 429, 5xx and connection errors, and throws
 * HashgateError with a stable `code` when the gateway refuses it.
 */
export function createHashgateClient({ gateway, key, signal, fetch = globalThis.fetch }: ClientOptions) {
  const base = gateway.replace(/\/+$/, '')

  /** Requests an upload URL for one image. */
  const requestUpload = (upload: UploadRequest) => call<UploadAnswer>('POST', '/v1/uploads', upload)

  /** Requests upload URLs for up to 100 images. Returns one result per image, in the same order. */
  async function requestUploads(uploads: UploadRequest[]): Promise<(UploadAnswer | UploadRefused)[]> {
    type Batch = { results: (UploadAnswer | UploadRefused)[] }
    const { results } = await call<Batch>('POST', '/v1/uploads/batch', { uploads })
    return results
  }

  /** Reports that the bytes have been uploaded. */
  const completeUpload = (imageId: string) =>
    call<CompletionAccepted>('POST', `/v1/images/${imageId}/complete`)

  /** Gets an image. With `waitSeconds`, at most 25, the gateway waits for its status to become final. */
  const getImage = (imageId: string, waitSeconds = 0) =>
    call<Image>('GET', `/v1/images/${imageId}?wait=${waitSeconds}`)

  /** Waits for `ready` or `rejected`, or returns the image in its current state when the time is up. */
  async function waitForImage(imageId: string, timeoutSeconds = Number.POSITIVE_INFINITY): Promise<Image> {
    const deadline = Date.now() + timeoutSeconds * 1000
    const leftSeconds = () => Math.max(0, (deadline - Date.now()) / 1000)
    for (let attempt = 1; ; attempt += 1) {
      const askedAt = Date.now()
      const image = await getImage(imageId, Math.min(Math.ceil(leftSeconds()), maxWaitSeconds))
      if (image.status === 'ready' || image.status === 'rejected' || leftSeconds() === 0) return image
      const wasHeld = Date.now() - askedAt > maxPauseSeconds * 1000
      if (!wasHeld) await sleep(Math.min(backoffSeconds(attempt), maxPauseSeconds, leftSeconds()), signal)
    }
  }

  /** One page of a day's images. @param cursor `nextCursor` of the previous page, for the same day and status */
  function listImages(listing: DayListing = {}, cursor?: string): Promise<ImageList> {
    const query = Object.entries({ ...listing, cursor }).filter(([, value]) => value !== undefined)
    const search = query.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
    return call<ImageList>('GET', `/v1/images?${search}`)
  }

  /** Iterates over all images of a day, newest first. */
  async function* eachImage(listing: DayListing = {}): AsyncGenerator<Image> {
    let cursor: string | undefined
    do {
      const { images, nextCursor } = await listImages(listing, cursor)
      yield* images
      cursor = nextCursor
    } while (cursor !== undefined)
  }

  function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return retry(() => callOnce<T>(method, path, body), { delaySeconds, signal })
  }

  /** An incomplete response, or one that is not JSON, does not come from the gateway and is treated as none. */
  async function reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      checkAborted(signal)
      throw new GatewayUnreachable(base, error)
    }
  }

  async function callOnce<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    }
    const response = await reach(() => fetch(base + path, init))
    if (!response.ok) throw await readProblem(response)
    return reach(() => response.json() as Promise<T>)
  }

  return { requestUpload, requestUploads, completeUpload, getImage, waitForImage, listImages, eachImage }
}

function delaySeconds(error: unknown, attempt: number): number | undefined {
  if (attempt >= maxAttempts || !isTransient(error)) return undefined
  const seconds = error instanceof HashgateError ? error.retryAfterSeconds : undefined
  return Math.min(seconds ?? backoffSeconds(attempt), maxDelaySeconds)
}
