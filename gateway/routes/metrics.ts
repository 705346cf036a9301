import { Gauge } from 'prom-client'
import type { GatewayApp } from '../app.ts'
import type { GatewayDependencies } from '../dependencies.ts'
import { rememberBriefly } from '../remember-briefly.ts'

/** Each measurement asks the catalog some thirty times. */
const measurementLifetimeMs = 5_000

/** `GET /metrics`: what operators watch, in Prometheus' text format. */
export function metrics(app: GatewayApp, { catalog, metrics: registry, now }: GatewayDependencies): void {
  const owing = new Gauge({
    name: 'hashgate_images_owing_events',
    help: 'Images with events that wait for Kafka, counted up to about 100,000.',
    registers: [registry],
  })
  const oldestAge = new Gauge({
    name: 'hashgate_oldest_owed_event_age_seconds',
    help: 'How long the first of the waiting events has waited; 0 when none does.',
    registers: [registry],
  })

  const measureOwing = rememberBriefly(measurementLifetimeMs, () => catalog.measureOwing())

  async function measure(): Promise<void> {
    const { count, oldestMs } = await measureOwing()
    owing.set(count)
    oldestAge.set(oldestMs === undefined ? 0 : (now() - oldestMs) / 1_000)
  }

  const schema = { hide: true }
  app.get('/metrics', { schema }, async (request, reply) => {
    // What is not known is not shown: a value of the past would be taken for the present.
    await measure().catch((err) => {
      request.log.warn({ operation: 'metrics', err }, 'the catalog does not answer')
      owing.remove()
      oldestAge.remove()
    })
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
