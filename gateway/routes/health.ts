import type { Dependency } from '../../core/errors.ts'
import { cachedFor } from '../http/cached-for.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { examples } from '../http/examples.ts'
import type { GatewayApp } from '../http/gateway-app.ts'
import { jsonResponse, problemResponses } from '../http/responses.ts'
import { Health, Readiness } from '../http/schemas.ts'

const probeTimeoutMs = 1_500
/** Load balancers ask often, and anybody may: the dependencies are asked once in this time. */
const probeLifetimeMs = 1_000

const probeConfig = { rateLimit: false, isProbe: true } as const
const shared = { tags: ['operations'] }
const open = { key: false }

/** `GET /healthz`: the process lives. `GET /readyz`: each part that it needs, with its state and latency. */
export function health(app: GatewayApp, dependencies: GatewayDependencies): void {
  const checkReadiness = cachedFor(probeLifetimeMs, () => probeAll(dependencies))

  const healthSchema = {
    ...shared,
    operationId: 'getHealth',
    summary: 'Is the process alive?',
    response: { 200: jsonResponse(Health, 'It is.', open), ...problemResponses([], open) },
  }
  app.get('/healthz', { schema: healthSchema, config: probeConfig }, async () => ({ status: 'ok' }))

  const readinessSchema = {
    ...shared,
    operationId: 'getReadiness',
    summary: 'Can it do its work?',
    response: {
      200: jsonResponse(
        Readiness,
        'It can. `degraded`: Kafka does not answer, and events are delivered later.',
        open,
      ),
      503: jsonResponse(Readiness, 'The bucket or the catalog does not answer.', {
        ...open,
        retryLater: true,
        example: examples.unavailable,
      }),
      ...problemResponses([], open),
    },
  }
  app.get('/readyz', { schema: readinessSchema, config: probeConfig }, async (_request, reply) => {
    const states = await checkReadiness()
    const status = judge(states)
    if (status === 'unavailable') reply.code(503).header('retry-after', 2)
    return { status, dependencies: states }
  })
}

/** Without Kafka uploads are still accepted: a load balancer must not take the gateway out of service. */
function judge({ events, ...needed }: Awaited<ReturnType<typeof probeAll>>) {
  if (Object.values(needed).some(({ state }) => state === 'down')) return 'unavailable'
  return events.state === 'down' ? 'degraded' : 'ready'
}

async function probeAll({ rawBucket, catalog, keys, events }: GatewayDependencies) {
  const [bucket, catalogState, eventsState] = await Promise.all([
    probe((signal) => rawBucket.ping(signal)),
    // Records and keys are both in DynamoDB: without either no call can be answered.
    probe((signal) => Promise.all([catalog.ping(signal), keys?.ping(signal)])),
    probe(() => events.ping()),
  ])
  return { bucket, catalog: catalogState, events: eventsState } satisfies Partial<Record<Dependency, unknown>>
}

async function probe(ping: (signal: AbortSignal) => Promise<unknown>) {
  const startedAt = performance.now()
  const signal = AbortSignal.timeout(probeTimeoutMs)
  const tooLate = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  const state = await Promise.race([ping(signal), tooLate]).then(
    () => 'up',
    () => 'down',
  )
  return { state, latencyMs: Math.round((performance.now() - startedAt) * 10) / 10 }
}
