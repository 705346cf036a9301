import { StoreError } from './hashgate-error.ts'
import { backoffSeconds, retry } from './retry.ts'
import type { UploadTarget } from './types.ts'

export interface PutOptions {
  /** Told while bytes leave; after a failed try it begins again. */
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal
}

export interface Progress {
  sentBytes: number
  totalBytes: number
}

const maxAttempts = 4
/** A browser sets these itself, and lets nobody else do it. */
const setByBrowser = new Set(['content-length', 'host'])

/**
 * Sends the bytes to the store with exactly the headers that were told. Busy or broken answers and lost connections are
 * tried again a few times.
 * @returns `stored`, or `already there` when the store had the same bytes (412)
 * @throws StoreError when the store refuses; 403 means that the URL has expired: ask for another one
 */
export async function putObject(
  target: UploadTarget,
  file: Blob,
  options: PutOptions = {},
): Promise<'stored' | 'already there'> {
  const send = typeof XMLHttpRequest === 'undefined' ? sendByFetch : sendByXhr
  return retry(
    async () => {
      const { status, text } = await send(target, file, options)
      if (status === 412) return 'already there'
      if (status >= 200 && status < 300) return 'stored'
      throw new StoreError(status, /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? `HTTP ${status}`)
    },
    {
      delaySeconds: (error, attempt) => {
        const canHelp = !(error instanceof StoreError) || error.status === 409 || error.status >= 500
        return canHelp && attempt < maxAttempts ? backoffSeconds(attempt) : undefined
      },
      signal: options.signal,
    },
  )
}

interface StoreAnswer {
  status: number
  text: string
}

/** With the length told as a header the body goes out as it is; S3 takes no chunked encoding. */
async function sendByFetch(
  { method, url, headers }: UploadTarget,
  file: Blob,
  options: PutOptions,
): Promise<StoreAnswer> {
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body: file.stream().pipeThrough(countBytes(file.size, options.onProgress)),
    duplex: 'half',
    signal: options.signal,
  }
  const response = await fetch(url, init)
  return { status: response.status, text: await response.text() }
}

function countBytes(totalBytes: number, onProgress?: PutOptions['onProgress']) {
  let sentBytes = 0
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      sentBytes += chunk.byteLength
      onProgress?.({ sentBytes, totalBytes })
      controller.enqueue(chunk)
    },
  })
}

/** In a browser only XMLHttpRequest tells how far an upload is. */
function sendByXhr(
  { method, url, headers }: UploadTarget,
  file: Blob,
  options: PutOptions,
): Promise<StoreAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, url)
    for (const [name, value] of Object.entries(headers)) {
      if (!setByBrowser.has(name)) request.setRequestHeader(name, value)
    }
    request.upload.onprogress = ({ loaded }) =>
      options.onProgress?.({ sentBytes: loaded, totalBytes: file.size })
    request.onload = () => resolve({ status: request.status, text: request.responseText })
    request.onerror = () => reject(new TypeError('The connection to the store was lost.'))
    request.onabort = () => reject(options.signal?.reason)
    options.signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}
