import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { S3Error } from './s3-error.ts'

/** A parsed request whose signature has not been verified. */
export interface S3Request {
  requestId: string
  method: string
  /** Decoded, with its leading slash. */
  path: string
  /** Empty for a request to the service. */
  bucket: string
  /** Empty for a request to the bucket. */
  key: string
  query: URLSearchParams
  message: IncomingMessage
}

export function createRequestId(): string {
  return randomBytes(8).toString('hex').toUpperCase()
}

/** Path-style addressing only: `/bucket/key`. Throws `InvalidURI` and `BadRequest`. */
export function readRequest(message: IncomingMessage, requestId: string): S3Request {
  // RFC 9112, section 3.2. Node would use the first one.
  if ((message.headersDistinct.host?.length ?? 0) > 1)
    throw new S3Error('BadRequest', 'The request has more than one Host header.')
  // Not `new URL`: it would resolve `..` and `//`, which are ordinary parts of an S3 key.
  const [rawPath = '', ...search] = (message.url ?? '').split('?')
  if (!rawPath.startsWith('/')) throw new S3Error('InvalidURI')
  const path = decodePath(rawPath)
  const [, bucket = '', ...key] = path.split('/')
  return {
    requestId,
    method: message.method ?? '',
    path,
    bucket,
    key: key.join('/'),
    query: new URLSearchParams(search.join('?')),
    message,
  }
}

/**
 * A header, or undefined when it was not sent. The values of a repeated header are joined as Signature Version 4 joins them;
 * Node's own `headers` would drop all but the first of some.
 */
export function readHeader(request: S3Request, name: string): string | undefined {
  return request.message.headersDistinct[name]?.join(',')
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new S3Error('InvalidURI')
  }
}
