import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../core/errors.ts'
import type { GatewayConfig } from '../config.ts'

/** Knows who asks: sets `request.tenant`, or answers 401. One key stands for one tenant. */
export const authenticate = fp(async function authenticate(
  app: FastifyInstance,
  { API_KEY, API_KEY_TENANT }: Pick<GatewayConfig, 'API_KEY' | 'API_KEY_TENANT'>,
) {
  const expected = digest(API_KEY)
  app.decorateRequest('tenant', '')
  app.decorate('authenticate', async (request: FastifyRequest) => {
    const key = presentedKey(request)
    if (!key || !timingSafeEqual(digest(key), expected)) throw new Problem('UNAUTHENTICATED')
    request.tenant = API_KEY_TENANT
  })
})

function presentedKey({ headers }: FastifyRequest): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  const header = headers['x-api-key']
  return bearer ?? (typeof header === 'string' ? header : undefined)
}

/** Digests have one length, so comparing them tells nothing about the key's. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose images this request is about. Empty on routes that need no key. */
    tenant: string
  }
  interface FastifyInstance {
    authenticate(request: FastifyRequest): Promise<void>
  }
}
