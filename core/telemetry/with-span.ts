import { context, propagation, type SpanOptions, SpanStatusCode, trace } from '@opentelemetry/api'

/** A no-op at almost no cost until `startTracing` registers a provider. */
const tracer = trace.getTracer('hashgate')

/** Runs work in a span of the current trace, or of a new one. An error is recorded on the span and rethrown. */
export function withSpan<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.recordException(error as Error)
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/** The current trace as a W3C `traceparent`; undefined when there is none. */
export function traceparent(): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** Runs work as part of a trace that another process started. */
export function continueTrace<T>(parent: string | undefined, work: () => Promise<T>): Promise<T> {
  return context.with(propagation.extract(context.active(), { traceparent: parent }), work)
}
