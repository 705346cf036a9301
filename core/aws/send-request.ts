import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

interface Limits {
  signal?: AbortSignal
  /** Timeout for the whole response, including the wait for a free connection. */
  timeoutMs: number
  maxBytes: number
}

/**
 * Sends one request over pooled connections and resolves with the whole response. `dispatch` is undici's interface without streams
 * and their promises, which cost as much CPU as the rest of a small request.
 * @throws Error with the name `TimeoutError` or `AbortError`, or with the `code` that Node.js has for such an error, so that the AWS SDK's
 *   retry rules apply
 */
export function sendRequest(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, maxBytes, signal }: Limits,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    let status = 0
    let headers: IncomingHttpHeaders = {}
    let controller: Dispatcher.DispatchController | undefined
    let failure: Error | undefined
    const timer = setTimeout(() => fail(timeoutError(timeoutMs)), timeoutMs)
    const onAbort = () => fail(abortError())
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort)

    function end(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }

    function fail(error: Error): void {
      failure = error
      end()
      reject(error)
      controller?.abort(error)
    }

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started
        if (failure) started.abort(failure)
      },
      onResponseStart(_controller, statusCode, received) {
        status = statusCode
        headers = received as IncomingHttpHeaders
      },
      onResponseData(_controller, chunk) {
        length += chunk.length
        if (length > maxBytes) fail(new Error(`The response is longer than ${maxBytes} bytes.`))
        else chunks.push(chunk)
      },
      onResponseEnd() {
        end()
        resolve({
          status,
          headers,
          body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
        })
      },
      onResponseError(_controller, error) {
        end()
        reject(toNodeError(error))
      },
    })
  })
}

/** The codes of Node.js for failed connections, by undici's. */
const nodeCodes: Record<string, string> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
}

function toNodeError(error: NodeJS.ErrnoException): Error {
  const code = nodeCodes[error.code ?? '']
  return code ? Object.assign(new Error(error.message, { cause: error }), { code }) : error
}

function timeoutError(timeoutMs: number): Error {
  return Object.assign(new Error(`No complete response within ${timeoutMs} ms.`), { name: 'TimeoutError' })
}

function abortError(): Error {
  return Object.assign(new Error('The request was aborted.'), { name: 'AbortError' })
}
