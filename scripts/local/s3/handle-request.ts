import type { IncomingMessage, ServerResponse } from 'node:http'
import { addCorsHeaders, answerPreflight } from './http/cors.ts'
import { sendError } from './http/respond.ts'
import { createRequestId, readRequest, type S3Request } from './http/s3-request.ts'
import { findOperation } from './operations/find-operation.ts'
import type { S3Context, VerifiedRequest } from './s3-context.ts'

type VerifySignature = (request: S3Request) => Promise<string>

/** Verifies each request and runs its operation. The handler never rejects. */
export function createRequestHandler(s3: S3Context, verifySignature: VerifySignature) {
  return async function handleRequest(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = createRequestId()
    const continuation = createContinuation(message, response)
    response.setHeader('x-amz-request-id', requestId)
    // The SDK corrects its clock skew by this header.
    response.setHeader('date', new Date(s3.now()).toUTCString())
    addCorsHeaders(message, response)
    try {
      if (message.method === 'OPTIONS') return answerPreflight(message, response)
      const request = readRequest(message, requestId)
      const payloadHash = await verifySignature(request)
      const verified: VerifiedRequest = { ...request, payloadHash, acceptBody: continuation.accept }
      await findOperation(request)(verified, response, s3)
    } catch (error) {
      if (message.destroyed && !message.complete) return // the client disconnected
      if (response.destroyed) return
      continuation.closeUnlessAccepted()
      sendError(response, error, message.url?.split('?')[0] ?? '')
      // Read the body to its end: closing a connection with unread bytes resets it, and the client loses the response.
      message.resume()
    }
  }
}

/** `Expect: 100-continue`: the client sends its body only after an interim response. */
function createContinuation(message: IncomingMessage, response: ServerResponse) {
  let isWaiting = message.headers.expect?.toLowerCase() === '100-continue'
  return {
    accept() {
      if (isWaiting) response.writeContinue()
      isWaiting = false
    },
    /** A refused client may or may not send its body, so the connection must be closed. */
    closeUnlessAccepted() {
      if (isWaiting) response.setHeader('connection', 'close')
    },
  }
}
