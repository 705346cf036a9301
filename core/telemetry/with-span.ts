import { context, propagation, type SpanOptions, SpanStatusCode, trace } from '@opentelemetry/api'

/** Does nothing, and costs next to nothing, until `startTracing` has found somebody to tell. */
const tracer = trace.getTracer('hashgate')

/** Does some work within a span of the trace that is going on, or of a new one. Its error is the span's, and goes on. */
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

/** The trace that is going on, as W3C Trace Context writes it; undefined when there is none. */
export function traceparent(): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** Does some work as a part of a trace that began elsewhere. */
export function continueTrace<T>(parent: string | undefined, work: () => Promise<T>): Promise<T> {
  return context.with(propagation.extract(context.active(), { traceparent: parent }), work)
}
