import { GatewayUnreachable, HashgateError } from './hashgate-error.ts'
import { backoffSeconds, retry } from './retry.ts'
import { sleep } from './sleep.ts'
import type {
  CompletionAccepted,
  DayListing,
  Image,
  ImageList,
  ProblemDetails,
  UploadAnswer,
  UploadRefused,
  UploadRequest,
} from './types.ts'

export interface ClientOptions {
  /** Base URL of the gateway, such as `http://127.0.0.1:3000`. */
  gateway: string
  key: string
  signal?: AbortSignal
  /** Instead of the global one: through a proxy, or with more logging. */
  fetch?: typeof fetch
}

export type HashgateClient = ReturnType<typeof createHashgateClient>

const maxAttempts = 5
const maxDelaySeconds = 30
const maxWaitSeconds = 20
/** A gateway that is about to close answers a wait at once: without a pause every client would ask without end. */
const maxPauseSeconds = 2

/**
 * The calls of the gateway. All of them wait and try again when it says so (429, 503) or cannot be reached, a bounded number of
 * times, and throw HashgateError with a stable `code` when it says no.
 */
export function createHashgateClient({ gateway, key, signal, fetch = globalThis.fetch }: ClientOptions) {
  const base = gateway.replace(/\/+$/, '')

  /** Asks where to put one image. */
  const requestUpload = (upload: UploadRequest) => call<UploadAnswer>('POST', '/v1/uploads', upload)

  /** Asks for up to 100 images at once; each has an answer of its own, in the same order. */
  async function requestUploads(uploads: UploadRequest[]): Promise<(UploadAnswer | UploadRefused)[]> {
    type Batch = { results: (UploadAnswer | UploadRefused)[] }
    const { results } = await call<Batch>('POST', '/v1/uploads/batch', { uploads })
    return results
  }

  /** Says that the bytes are in the store. */
  const completeUpload = (imageId: string) =>
    call<CompletionAccepted>('POST', `/v1/images/${imageId}/complete`)

  /** The image as it is, or as it is when its status is final or the seconds (25 at most) are over. */
  const getImage = (imageId: string, waitSeconds = 0) =>
    call<Image>('GET', `/v1/images/${imageId}?wait=${waitSeconds}`)

  /** Waits for `ready` or `rejected`; when the seconds are over before, the image is returned as it is then. */
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

  /** One page of a day's images. @param cursor the `nextCursor` of the page before, with the same day and status */
  function listImages(listing: DayListing = {}, cursor?: string): Promise<ImageList> {
    const query = Object.entries({ ...listing, cursor }).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(query.map(([name, value]) => [name, String(value)]))
    return call<ImageList>('GET', `/v1/images?${search}`)
  }

  /** All images of a day, newest first, page by page. */
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

  /** An answer that breaks off, or that is no JSON, is not the gateway's: so it is as good as none. */
  async function reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
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
  if (attempt >= maxAttempts) return undefined
  if (error instanceof GatewayUnreachable) return backoffSeconds(attempt)
  if (!(error instanceof HashgateError)) return undefined
  if (error.status !== 429 && error.status < 500) return undefined
  return Math.min(error.retryAfterSeconds ?? backoffSeconds(attempt), maxDelaySeconds)
}

async function readProblem(response: Response): Promise<HashgateError> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const problem = await response.json().catch(() => undefined)
  return new HashgateError(
    isProblem(problem) ? problem : unknownProblem(response),
    Number.isNaN(seconds) ? undefined : seconds,
  )
}

function isProblem(value: unknown): value is ProblemDetails {
  return typeof (value as ProblemDetails | undefined)?.code === 'string'
}

/** Something between here and the gateway answered. */
function unknownProblem({ status }: Response): ProblemDetails {
  const title = `The gateway cannot be reached: HTTP ${status} from something in between.`
  return { type: 'about:blank', title, status, code: `HTTP_${status}` }
}
