import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Decorates the app with a signal that ends waiting requests when the server is about to close. */
export const closingSignal = fp(async function closingSignal(app: FastifyInstance) {
  const closing = new AbortController()
  app.decorate('closing', closing.signal)
  app.addHook('preClose', async () => closing.abort())
})

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborted when the server is about to close. */
    closing: AbortSignal
  }
}
