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

/** Path-style addressing only: `/bucket/key`. Throws `InvalidURI`. */
export function readRequest(message: IncomingMessage, requestId: string): S3Request {
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

/** A header that may be sent once; undefined when it was not sent. */
export function readHeader(request: S3Request, name: string): string | undefined {
  const value = request.message.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new S3Error('InvalidURI')
  }
}
