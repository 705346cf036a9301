import Fastify, { LogController } from 'fastify'
import { cachedFor } from '../../core/cached-for.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'

/** One measurement sends about thirty queries to the catalog. */
const measurementLifetimeMs = 5_000

/**
 * The app for operators, on a port that clients cannot reach: `GET /metrics` in Prometheus' text format. It needs no key, so it
 * works while the key table is unavailable.
 */
export function createAdminApp(
  { catalog, metrics, now }: Pick<GatewayDependencies, 'catalog' | 'metrics' | 'now'>,
  logger: Logger,
) {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
  })
  const { registry, owing, oldestOwedSeconds } = metrics
  const measurePending = cachedFor(measurementLifetimeMs, () => catalog.outbox.measurePending())

  async function measure(): Promise<void> {
    const { count, oldestMs } = await measurePending()
    owing.set(count)
    oldestOwedSeconds.set(oldestMs === undefined ? 0 : (now() - oldestMs) / 1_000)
  }

  app.get('/metrics', async (request, reply) => {
    // Unknown values are omitted, because an old value would look current.
    await measure().catch((err) => {
      request.log.warn(
        { operation: 'metrics', err },
        'the outbox could not be measured: the catalog is unavailable',
      )
      owing.remove()
      oldestOwedSeconds.remove()
    })
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  return app
}
