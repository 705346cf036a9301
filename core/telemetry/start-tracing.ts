import { setTimeout as sleep } from 'node:timers/promises'

interface TracingOptions {
  /** For example `hashgate-gateway`. */
  service: string
  /** Base URL of an OTLP collector, such as `http://127.0.0.1:4318`. Empty: tracing is off and OpenTelemetry is not loaded. */
  endpoint: string
}

/** The longest that `flush` and `close` wait for the collector. */
const flushMs = 1_000

/**
 * Sends the spans of this process to a collector in batches, by OTLP over HTTP in JSON. When the collector is unreachable, spans are
 * lost and nothing else is affected. `OTEL_TRACES_SAMPLER` decides which requests are traced.
 */
export async function startTracing({ service, endpoint }: TracingOptions) {
  if (!endpoint) return { isOn: false, flush: async () => {}, close: async () => {} }
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1_000 })],
  })
  provider.register()
  return {
    isOn: true,
    /** Sends the spans now, for a process that may be frozen afterwards, as on Lambda. */
    flush: () => withinTime(provider.forceFlush()),
    close: () => withinTime(provider.shutdown()),
  }
}

async function withinTime(work: Promise<void>): Promise<void> {
  await Promise.race([work.catch(() => {}), sleep(flushMs, undefined, { ref: false })])
}
