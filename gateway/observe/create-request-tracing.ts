import type { FastifyPluginCallback, FastifyRequest } from 'fastify'

/** The plugin that makes a span of every request, in the trace of the caller if it names one. */
export async function createRequestTracing(): Promise<FastifyPluginCallback> {
  const { FastifyOtelInstrumentation } = await import('@fastify/otel')
  const instrumentation = new FastifyOtelInstrumentation({
    // A span for the request and one for its handler say where the time goes; one for each hook says nothing.
    instrumentHooks: false,
    requestHook: (span, { routeOptions: { schema, url } }: FastifyRequest) =>
      span.updateName(schema?.operationId ?? url ?? 'other'),
    ignorePaths: ({ url }) => /^\/(healthz|readyz|docs)/.test(url),
  })
  return instrumentation.plugin() as FastifyPluginCallback
}
