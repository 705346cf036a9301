import Fastify, { LogController } from 'fastify'
import type { Logger } from '../../core/telemetry/logger.ts'
import { cachedFor } from '../http/cached-for.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'

/** Each measurement asks the catalog some thirty times. */
const measurementLifetimeMs = 5_000

/**
 * What operators ask, on a port that clients cannot reach: `GET /metrics`, in Prometheus' text format. Without a key, so
 * that it can be read while the table of keys cannot.
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
    // What is not known is not shown: a value of the past would be taken for the present.
    await measure().catch((err) => {
      request.log.warn({ operation: 'metrics', err }, 'the catalog does not answer')
      owing.remove()
      oldestOwedSeconds.remove()
    })
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  return app
}
