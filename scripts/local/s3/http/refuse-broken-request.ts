import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorContent, writeXml } from './respond.ts'
import { S3Error, type S3ErrorCode } from './s3-error.ts'
import { createRequestId } from './s3-request.ts'

const codes: Record<string, S3ErrorCode> = {
  // The client closed its side before it had sent Content-Length bytes.
  HPE_INVALID_EOF_STATE: 'IncompleteBody',
  HPE_HEADER_OVERFLOW: 'RequestHeaderSectionTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'RequestTimeout',
}

/** Listener for `clientError`: answers a request that the HTTP parser rejected, for which there is no response object. */
export function refuseBrokenRequest(cause: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || cause.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const error = new S3Error(codes[cause.code ?? ''] ?? 'BadRequest')
  const requestId = createRequestId()
  const body = writeXml('Error', errorContent(error, '', requestId))
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'connection: close',
    'content-type: application/xml',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-amz-request-id: ${requestId}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
