import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** Logs one line per request after the response, or at the start of a stream, and returns its id in `x-request-id`. */
export const requestLog = fp(async function requestLog(app: FastifyInstance) {
  app.addHook('onRequest', (request, reply, done) => {
    setRequestId(request, reply)
    done()
  })
  app.decorateReply('isStream', false)
  app.addHook('onResponse', (request, reply, done) => {
    if (!reply.isStream) logRequest(request, reply)
    done()
  })
})

export function setRequestId(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id)
}

export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const line = {
    operation: request.routeOptions.schema?.operationId,
    tenant: request.principal?.tenant,
    principal: request.principal?.id,
    imageId: imageIdOf(request),
    status: reply.statusCode,
    code: reply.problemCode,
    durationMs: Math.round(reply.elapsedTime * 100) / 100,
  }
  request.log.info(line, 'request')
}

/** Only a valid id is logged, because clients can send any text. */
function imageIdOf({ params, body }: FastifyRequest): string | undefined {
  const { imageId } = (params ?? {}) as { imageId?: unknown }
  const { sha256 } = (body ?? {}) as { sha256?: unknown }
  const named = imageId ?? sha256
  return typeof named === 'string' && /^[0-9a-f]{64}$/i.test(named) ? named.toLowerCase() : undefined
}

declare module 'fastify' {
  interface FastifyReply {
    /** The response is an event stream, whose start was logged and counted. */
    isStream: boolean
  }
}
