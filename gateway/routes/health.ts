import { watchBucket, watchTable } from '../../core/aws/watch-aws.ts'
import { watchKafka } from '../../core/kafka/watch-kafka.ts'
import { summarizeReadiness, watchWhileListening } from '../../core/telemetry/watch-dependencies.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { Health, Readiness } from '../http/schemas/health-schemas.ts'

const probeConfig = { isProbe: true } as const
const shared = { tags: ['operations'] }
const open = { key: false }

/**
 * `GET /healthz`: the process is alive. `GET /readyz`: the state and latency of each dependency. The log contains the causes: those found
 * when the server starts to listen, and every change that a readiness check sees.
 */
export function health(app: GatewayApp, dependencies: GatewayDependencies): void {
  const { rawBucket, catalog, keys, events, optional = {} } = dependencies
  const watched = {
    bucket: watchBucket('RAW_BUCKET', rawBucket),
    catalog: watchTable('CATALOG_TABLE', catalog),
    ...(keys && { keys: watchTable('KEYS_TABLE', keys) }),
    events: watchKafka(events),
  }
  const checkReadiness = watchWhileListening(app, watched, app.log)
  watchWhileListening(app, optional, app.log)

  const healthSchema = {
    ...shared,
    operationId: 'getHealth',
    summary: 'Check whether the process is alive',
    description: 'Checks no dependency.',
    response: { 200: jsonResponse(Health, 'The process is alive.', open), ...problemResponses([], open) },
  }
  app.get('/healthz', { schema: healthSchema, config: probeConfig }, async () => ({ status: 'ok' }))

  const readinessSchema = {
    ...shared,
    operationId: 'getReadiness',
    summary: 'Check whether the gateway can serve requests',
    description: 'Checks the dependencies, at most once per second.',
    response: {
      200: jsonResponse(
        Readiness,
        'The gateway can serve requests. `degraded`: Kafka is unavailable, and events will be delivered later.',
        open,
      ),
      503: jsonResponse(Readiness, 'The bucket, the catalog or the key table is unavailable.', {
        ...open,
        retryLater: true,
        example: examples.unavailable,
      }),
      ...problemResponses([], open),
    },
  }
  app.get('/readyz', { schema: readinessSchema, config: probeConfig }, async (_request, reply) => {
    const states = await checkReadiness()
    const status = summarizeReadiness(states)
    if (status === 'unavailable') reply.code(503).header('retry-after', 2)
    return { status, dependencies: states }
  })
}
