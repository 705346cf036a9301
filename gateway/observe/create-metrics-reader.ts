import type { Registry } from 'prom-client'
import { cachedFor } from '../../core/cached-for.ts'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'

/** Metrics as objects, which `AggregatorRegistry` adds up. */
export type MetricValues = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

export type MetricsReader = ReturnType<typeof createMetricsReader>

/** One measurement sends about thirty queries to the catalog. */
const measurementLifetimeMs = 5_000

/** Reads the metrics of this process and measures the outbox, whose metrics no request changes. */
export function createMetricsReader(
  { catalog, metrics, now }: Pick<GatewayDependencies, 'catalog' | 'metrics' | 'now'>,
  logger: Logger,
) {
  const { registry, owing, oldestOwedSeconds } = metrics
  const measurePending = cachedFor(measurementLifetimeMs, () => catalog.outbox.measurePending())

  async function measure(): Promise<void> {
    const { count, oldestMs } = await measurePending()
    owing.set(count)
    oldestOwedSeconds.set(oldestMs === undefined ? 0 : (now() - oldestMs) / 1_000)
  }

  /** Unknown values are omitted, because an old value would look current. */
  function forget(): void {
    owing.remove()
    oldestOwedSeconds.remove()
  }

  async function measureOrForget(): Promise<void> {
    await measure().catch((err) => {
      logger.warn(
        { operation: 'metrics', err },
        'the outbox could not be measured: the catalog is unavailable',
      )
      forget()
    })
  }

  return {
    /** Prometheus' text format. */
    async readText(): Promise<string> {
      await measureOrForget()
      return registry.metrics()
    },
    /** @param measuresOutbox false leaves out the metrics of the outbox */
    async readValues(measuresOutbox: boolean): Promise<MetricValues> {
      if (measuresOutbox) await measureOrForget()
      else forget()
      return registry.getMetricsAsJSON()
    },
  }
}
