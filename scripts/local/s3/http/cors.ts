import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendEmpty } from './respond.ts'
import { S3Error } from './s3-error.ts'

const allowedMethods = ['GET', 'HEAD', 'PUT']

/** Allows any origin. Errors have these headers too, otherwise a page could not read them. */
export function addCorsHeaders(message: IncomingMessage, response: ServerResponse): void {
  if (!message.headers.origin) return
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-expose-headers', 'ETag, x-amz-checksum-sha256, x-amz-request-id')
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method')
}

/** Answers a CORS preflight request. Throws `AccessForbidden`, as S3 does without a matching rule. */
export function answerPreflight(message: IncomingMessage, response: ServerResponse): void {
  const method = message.headers['access-control-request-method']
  if (!message.headers.origin || !method || !allowedMethods.includes(method))
    throw new S3Error('AccessForbidden')
  const requestedHeaders = message.headers['access-control-request-headers']
  sendEmpty(response, 200, {
    'access-control-allow-methods': allowedMethods.join(', '),
    ...(requestedHeaders && { 'access-control-allow-headers': requestedHeaders }),
    'access-control-max-age': 3000,
  })
}
