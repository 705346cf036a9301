import type { Dependency } from '../../core/errors.ts'
import { cachedFor } from '../http/cached-for.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { Health, Readiness } from '../http/schemas.ts'

const probeTimeoutMs = 1_500
/** Anyone can call this often, so the dependencies are checked at most once per interval. */
const probeLifetimeMs = 1_000

const probeConfig = { rateLimit: false, isProbe: true } as const
const shared = { tags: ['operations'] }
const open = { key: false }

/** `GET /healthz`: the process is alive. `GET /readyz`: the state and latency of each dependency. */
export function health(app: GatewayApp, dependencies: GatewayDependencies): void {
  const checkReadiness = cachedFor(probeLifetimeMs, () => probeAll(dependencies))

  const healthSchema = {
    ...shared,
    operationId: 'getHealth',
    summary: 'Check whether the process is alive',
    response: { 200: jsonResponse(Health, 'The process is alive.', open), ...problemResponses([], open) },
  }
  app.get('/healthz', { schema: healthSchema, config: probeConfig }, async () => ({ status: 'ok' }))

  const readinessSchema = {
    ...shared,
    operationId: 'getReadiness',
    summary: 'Check whether the gateway can serve requests',
    response: {
      200: jsonResponse(
        Readiness,
        'The gateway can serve requests. `degraded`: Kafka is unavailable, and events will be delivered later.',
        open,
      ),
      503: jsonResponse(Readiness, 'The bucket or the catalog is unavailable.', {
        ...open,
        retryLater: true,
        example: examples.unavailable,
      }),
      ...problemResponses([], open),
    },
  }
  app.get('/readyz', { schema: readinessSchema, config: probeConfig }, async (_request, reply) => {
    const states = await checkReadiness()
    const status = summarize(states)
    if (status === 'unavailable') reply.code(503).header('retry-after', 2)
    return { status, dependencies: states }
  })
}

/** Uploads are accepted without Kafka, so a load balancer must not take the gateway out of service for it. */
function summarize({ events, ...needed }: Awaited<ReturnType<typeof probeAll>>) {
  if (Object.values(needed).some(({ state }) => state === 'down')) return 'unavailable'
  return events.state === 'down' ? 'degraded' : 'ready'
}

async function probeAll({ rawBucket, catalog, keys, events }: GatewayDependencies) {
  const [bucket, catalogState, eventsState] = await Promise.all([
    probe((signal) => rawBucket.ping(signal)),
    // Both the records and the keys are in DynamoDB, and every call needs both.
    probe((signal) => Promise.all([catalog.ping(signal), keys?.ping(signal)])),
    probe(() => events.ping()),
  ])
  return { bucket, catalog: catalogState, events: eventsState } satisfies Partial<Record<Dependency, unknown>>
}

async function probe(ping: (signal: AbortSignal) => Promise<unknown>) {
  const startedAt = performance.now()
  const signal = AbortSignal.timeout(probeTimeoutMs)
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  const state = await Promise.race([ping(signal), timeout]).then(
    () => 'up',
    () => 'down',
  )
  return { state, latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 }
}
