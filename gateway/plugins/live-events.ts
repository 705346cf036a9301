import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { GatewayDependencies } from '../http/dependencies.ts'
import { createLiveEvents, type LiveEvents } from '../live-events/live-events.ts'
import { logRequest } from './request-log.ts'
import { countRequest } from './request-metrics.ts'

/** Headers of a stream in addition to those of every response. */
const streamHeaders = {
  'content-type': 'text/event-stream',
  // nginx would otherwise collect the events before it sends them on.
  'x-accel-buffering': 'no',
  // The connection ends with the stream, so that it does not hold up the shutdown.
  connection: 'close',
}

interface LiveEventsPluginOptions extends Pick<GatewayDependencies, 'liveEvents' | 'metrics'> {
  logger: Logger
}

/** Decorates the app with the live events, and replies with the start of a stream. */
export const liveEventsPlugin = fp(async function liveEventsPlugin(
  app: FastifyInstance,
  { liveEvents, metrics, logger }: LiveEventsPluginOptions,
) {
  const live = createLiveEvents({ ...liveEvents, metrics, logger })
  app.decorate('liveEvents', live)
  app.addHook('preClose', live.close)

  /** Writes the head of the response. The request is logged and counted now: Fastify would do so after the stream, or never. */
  app.decorateReply('startStream', function startStream(this: FastifyReply) {
    this.hijack()
    this.headers(streamHeaders)
    this.raw.writeHead(200, this.getHeaders() as OutgoingHttpHeaders)
    this.isStream = true
    const request = this.request as FastifyRequest
    logRequest(request, this)
    countRequest(metrics, request, this)
    return this.raw
  })
})

declare module 'fastify' {
  interface FastifyInstance {
    liveEvents: LiveEvents
  }
  interface FastifyReply {
    /** Takes the response from Fastify and writes the head of an event stream. */
    startStream(): FastifyReply['raw']
  }
}
