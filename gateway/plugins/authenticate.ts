import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Scope } from '../../core/api-keys/api-key.ts'
import type { Audit } from '../auth/audit.ts'
import { AuthenticationError } from '../auth/authentication-error.ts'
import type { Credentials, Identify } from '../auth/identify.ts'
import type { Principal } from '../auth/principal.ts'
import { isReadToken, type ReadTokens } from '../auth/read-token.ts'
import { originOf } from '../http/client-address.ts'
import { Problem } from '../http/problems.ts'

interface AuthenticateOptions {
  identify: Identify
  /** Absent when the gateway issues no read tokens. */
  readTokens?: ReadTokens
  audit: Audit
}

/** Authenticates and authorizes requests: sets `request.principal`, or answers 401 or 403. */
export const authenticate = fp(async function authenticate(
  app: FastifyInstance,
  { identify, readTokens, audit }: AuthenticateOptions,
) {
  app.decorateRequest('principal', null as unknown as Principal)
  app.addHook('onRoute', ({ url, config }) => {
    if (!url.startsWith('/v1/') || config?.scope || config?.refusesAll) return
    throw new Error(`the route ${url} declares no scope`)
  })

  app.decorate('authenticate', async (request: FastifyRequest, reply: FastifyReply) => {
    const { scope } = request.routeOptions.config
    if (!scope) return
    const origin = originOf(request)
    const credentials = readCredentials(request)
    try {
      request.principal =
        verifyReadToken(request, credentials.bearer) ?? (await identify(credentials, origin))
    } catch (error) {
      if (error instanceof AuthenticationError) {
        reply.header('www-authenticate', challenge(error.reason === 'missing' ? '' : 'invalid_token'))
        if (error.reason !== 'missing') audit.rejected(error.reason, error.subject, origin)
      }
      throw error
    }
    const { id, tenant, scopes } = request.principal
    if (scopes.includes(scope)) return
    reply.header('www-authenticate', challenge('insufficient_scope', scope))
    audit.rejected('scope_missing', { principal: id, tenant }, origin)
    throw new Problem('SCOPE_MISSING', { detail: `This call requires the scope "${scope}".` })
  })

  /** Only a route that reads one image accepts read tokens; other routes treat them as unknown credentials. */
  function verifyReadToken({ routeOptions, params }: FastifyRequest, bearer = ''): Principal | undefined {
    if (!isReadToken(bearer)) return undefined
    if (!readTokens || !routeOptions.config.takesReadToken) throw new AuthenticationError('malformed')
    return readTokens.verify(bearer, (params as { imageId: string }).imageId)
  }
})

function readCredentials({ headers }: FastifyRequest): Credentials {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
  const header = headers['x-api-key']
  return { bearer, apiKey: typeof header === 'string' ? header : undefined }
}

/** Source: RFC 6750, section 3. */
function challenge(error: string, scope?: Scope): string {
  return [
    'Bearer realm="hashgate"',
    ...(error ? [`error="${error}"`] : []),
    ...(scope ? [`scope="${scope}"`] : []),
  ].join(', ')
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The authenticated caller. Set on routes that declare a scope. */
    principal: Principal
  }
  interface FastifyContextConfig {
    /** The scope that the caller needs. */
    scope?: Scope
    /** The route reads only the image `imageId`, so it also accepts a read token for that image. */
    takesReadToken?: boolean
  }
  interface FastifyInstance {
    authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}
