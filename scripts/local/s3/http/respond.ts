import type { ServerResponse } from 'node:http'
import { XMLBuilder } from 'fast-xml-parser'
import { S3Error } from './s3-error.ts'

const builder = new XMLBuilder({ suppressEmptyNode: true })

type Headers = Record<string, string | number>

export function sendEmpty(response: ServerResponse, status: number, headers: Headers = {}): void {
  response.writeHead(status, status === 204 ? headers : { 'content-length': 0, ...headers }).end()
}

export function sendXml(
  response: ServerResponse,
  root: string,
  content: Record<string, unknown>,
  status = 200,
): void {
  const body = writeXml(root, content)
  response
    .writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) })
    .end(body)
}

/** Anything but an `S3Error` is a bug of this server: it is logged, and the client gets `InternalError`. */
export function sendError(response: ServerResponse, thrown: unknown, resource: string): void {
  const error = thrown instanceof S3Error ? thrown : new S3Error('InternalError')
  if (error !== thrown) console.error('local S3:', thrown)
  if (response.headersSent) {
    response.destroy()
    return
  }
  const requestId = String(response.getHeader('x-amz-request-id'))
  sendXml(response, 'Error', errorContent(error, resource, requestId), error.status)
}

export function errorContent(error: S3Error, resource: string, requestId: string) {
  return {
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: resource,
    RequestId: requestId,
  }
}

/** An S3 answer as XML. An array becomes repeated elements. */
export function writeXml(root: string, content: Record<string, unknown>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: content })}`
}
