import type { GatewayApp } from '../http/gateway-app.ts'
import { Problem } from '../http/problems.ts'

/** Answered by CORS. */
const preflight = 'OPTIONS'

/**
 * Tells who asks for a known path in another way which ways there are, where Fastify says that there is no such route.
 * Source: RFC 9110, 15.5.6.
 * @returns what closes the list of routes: all that are known until then are covered
 */
export function methodNotAllowed(app: GatewayApp): () => void {
  const methodsOf = new Map<string, string[]>()
  app.addHook('onRoute', ({ url, method, schema }) => {
    if (schema?.operationId) methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()])
  })

  return () => {
    for (const [url, known] of methodsOf) refuseAllBut(app, url, known)
  }
}

function refuseAllBut(app: GatewayApp, url: string, known: string[]): void {
  const refusal = new Problem('METHOD_NOT_ALLOWED', { detail: `This path takes ${known.join(' and ')}.` })
  app.route({
    url,
    method: app.supportedMethods.filter((method) => method !== preflight && !known.includes(method)),
    schema: { hide: true },
    config: { refusesAll: true },
    // After the request is counted, before its body is read.
    preParsing: (_request, reply, _payload, done) => {
      reply.header('allow', known.join(', '))
      done(refusal)
    },
    handler: () => {},
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Nothing is done here, so nobody has to say who they are. */
    refusesAll?: boolean
  }
}
