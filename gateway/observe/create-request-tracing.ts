import type { FastifyPluginCallback, FastifyRequest } from 'fastify'

/** Creates the plugin that records a span for every request, continuing the caller's trace if there is one. */
export async function createRequestTracing(): Promise<FastifyPluginCallback> {
  const { FastifyOtelInstrumentation } = await import('@fastify/otel')
  const instrumentation = new FastifyOtelInstrumentation({
    // Spans for the request and its handler suffice; one per hook would only add noise.
    instrumentHooks: false,
    requestHook: (span, { routeOptions: { schema, url } }: FastifyRequest) =>
      span.updateName(schema?.operationId ?? url ?? 'other'),
    // A stream would be a span of minutes, which ends only if the gateway ends the stream.
    ignorePaths: ({ url }) => /^\/(healthz|readyz|docs|v1\/events)/.test(url),
  })
  return instrumentation.plugin() as FastifyPluginCallback
}
