import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'

export interface Attempt {
  method: string
  url: string
  headers: Record<string, string>
  body?: Buffer
}

export interface Answer {
  /** 0 if the connection broke before a response arrived. */
  status: number
  /** The S3 error code, or the error code of the broken connection. */
  code: string
  contentType: string
  /** The target of a redirect. */
  location: string
  body: Buffer
}

const timeoutMs = 60_000

/** Sends exactly these headers, even if they contradict the body, which `fetch` would refuse. Never throws. */
export function sendExactly({ method, url, headers, body }: Attempt): Promise<Answer> {
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
    method,
    headers,
    agent: false,
  })
  request.setTimeout(timeoutMs, () => request.destroy(Object.assign(new Error(), { code: 'TIMEOUT' })))
  return new Promise((resolve) => {
    const give = (
      status: number,
      code: string,
      headers: IncomingHttpHeaders = {},
      body = Buffer.alloc(0),
    ) => {
      const { 'content-type': contentType = '', location = '' } = headers
      resolve({ status, code, contentType, location, body })
    }
    request.on('error', (error: NodeJS.ErrnoException) => give(0, error.code ?? error.message))
    request.on('response', async (response) => {
      const bytes = await buffer(response).catch(() => Buffer.alloc(0))
      const code = /<Code>(\w+)<\/Code>/.exec(bytes.toString('latin1', 0, 2_000))?.[1] ?? ''
      give(response.statusCode ?? 0, code, response.headers, bytes)
    })
    request.end(body)
  })
}

export function describeAnswer({ status, code }: Answer): string {
  if (status === 0) return `no answer (${code})`
  return code ? `HTTP ${status} ${code}` : `HTTP ${status}`
}
