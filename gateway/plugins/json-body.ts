import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { assertShallow } from '../../core/parse-json.ts'

/**
 * Reads JSON bodies, and no others. Routes that take no body accept an empty one, because many HTTP clients send a content type
 * with every POST.
 */
export const jsonBody = fp(async function jsonBody(app: FastifyInstance) {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && !request.routeOptions.schema?.body) return done(null)
    assertShallow(body)
    parse(request, body, done)
  })
})
