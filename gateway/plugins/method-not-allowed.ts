import type { GatewayApp } from '../http/gateway-app.ts'
import { Problem } from '../http/problems.ts'

/** Answered by the CORS plugin. */
const preflight = 'OPTIONS'

/**
 * Answers 405 with `Allow` for known paths with other methods, where Fastify would answer 404. Source: RFC 9110, 15.5.6.
 * @returns a function to call once all routes are registered
 */
export function methodNotAllowed(app: GatewayApp): () => void {
  const methodsOf = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method, schema }) => {
    if (schema?.operationId) methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()])
  })

  return () => {
    for (const [url, known] of methodsOf) rejectAllBut(app, url, known)
  }
}

function rejectAllBut(app: GatewayApp, url: string, known: string[]): void {
  const refusal = new Problem('METHOD_NOT_ALLOWED', { detail: `This path supports ${known.join(' and ')}.` })
  app.route({
    url,
    method: app.supportedMethods.filter((method) => method !== preflight && !known.includes(method)),
    schema: { hide: true },
    config: { refusesAll: true },
    // After the rate limit and before the body is read.
    preParsing: (_request, reply, _payload, done) => {
      reply.header('allow', known.join(', '))
      done(refusal)
    },
    handler: () => {},
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Rejects every request, so that no authentication is needed. */
    refusesAll?: boolean
  }
}
