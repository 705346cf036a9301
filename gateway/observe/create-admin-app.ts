import Fastify, { LogController } from 'fastify'
import { Registry } from 'prom-client'
import type { Logger } from '../../core/telemetry/logger.ts'
import { closeConnections } from '../plugins/close-connections.ts'

/**
 * The app for operators, on a port that clients cannot reach: `GET /metrics` in Prometheus' text format. It needs no key, so it
 * works while the key table is unavailable.
 */
export function createAdminApp({ readText }: { readText: () => Promise<string> }, logger: Logger) {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
  })
  app.register(closeConnections)
  app.get('/metrics', async (_request, reply) =>
    reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await readText()),
  )
  return app
}
