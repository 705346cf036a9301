import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyServerOptions, LogController } from 'fastify'
import type { Logger } from '../core/telemetry/logger.ts'
import type { GatewayConfig } from './config.ts'
import { createTrustProxy } from './http/client-address.ts'
import { compileValidators } from './http/compile-validators.ts'
import type { GatewayDependencies } from './http/dependencies.ts'
import type { GatewayApp } from './http/gateway-app.ts'
import { toProblem } from './http/to-problem.ts'
import { authenticate } from './plugins/authenticate.ts'
import { closeConnections } from './plugins/close-connections.ts'
import { closingSignal } from './plugins/closing-signal.ts'
import { corsPlugin } from './plugins/cors.ts'
import { errorHandler, sendProblem } from './plugins/error-handler.ts'
import { jsonBody } from './plugins/json-body.ts'
import { liveEventsPlugin } from './plugins/live-events.ts'
import { methodNotAllowed } from './plugins/method-not-allowed.ts'
import { openapiPlugin } from './plugins/openapi.ts'
import { outboxRelay } from './plugins/outbox-relay.ts'
import { rateLimitPlugin } from './plugins/rate-limit.ts'
import { logRequest, requestLog, setRequestId } from './plugins/request-log.ts'
import { requestMetrics } from './plugins/request-metrics.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { underPressurePlugin } from './plugins/under-pressure.ts'
import { completeUpload } from './routes/complete-upload.ts'
import { createUpload } from './routes/create-upload.ts'
import { createUploadBatch } from './routes/create-upload-batch.ts'
import { getImage } from './routes/get-image.ts'
import { health } from './routes/health.ts'
import { listImages } from './routes/list-images.ts'
import { streamEvents } from './routes/stream-events.ts'
import { webhookRoutes } from './routes/webhooks/webhook-routes.ts'
import { createOutboxPublisher } from './uploads/outbox-publisher.ts'
import { createRequestUpload } from './uploads/request-upload.ts'
import { serveWeb } from './web/serve-web.ts'

/** The settings that affect requests and responses. The others concern the process around the app. */
export type AppConfig = Pick<
  GatewayConfig,
  | 'CORS_ORIGINS'
  | 'HEIC'
  | 'MAX_EVENT_LOOP_DELAY_MS'
  | 'MAX_UPLOAD_BYTES'
  | 'MAX_WAIT_SECONDS'
  | 'NODE_ENV'
  | 'RATE_LIMIT_PER_MINUTE'
  | 'RETENTION_DAYS'
  | 'TRUST_PROXY'
  | 'WEBHOOK_ALLOW_NETWORKS'
  | 'WEB'
>

/** Fits a batch of 100 items with the longest file names. */
const bodyLimitBytes = 256 * 1024

/** How often the relay looks for pending events. */
const relayIntervalMs = 2_000

/** Creates the HTTP service. A request passes through the plugins in the order of their registration. */
export async function createApp(
  config: AppConfig,
  dependencies: GatewayDependencies,
  logger: Logger,
): Promise<GatewayApp> {
  /** Answers requests whose path the router cannot parse. Fastify runs no hooks for them. */
  const rejectUnreadable: FastifyServerOptions['frameworkErrors'] = (error, request, reply) => {
    setRequestId(request, reply)
    app.countAddress(request, reply, (limit) => {
      sendProblem(toProblem(limit ?? error), request, reply)
      logRequest(request, reply)
    })
  }

  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    frameworkErrors: rejectUnreadable,
    genReqId: () => randomUUID(),
    bodyLimit: bodyLimitBytes,
    trustProxy: config.TRUST_PROXY ? createTrustProxy(config.TRUST_PROXY) : false,
    // Longer than a load balancer's idle timeout of 60 s, because the load balancer must be the side that closes idle connections.
    // Source: AWS, "Troubleshoot your Application Load Balancers", HTTP 502.
    keepAliveTimeout: 75_000,
    // Cuts off clients that send slowly. The second limit includes the body. Node.js checks both only every 30 s by default.
    // An event's id in a path contains a tenant, a hash and a topic, percent-encoded.
    routerOptions: { maxParamLength: 512 },
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 1_000 },
    requestTimeout: 30_000,
    schemaController: { compilersFactory: { buildValidator: compileValidators } },
  }).withTypeProvider<TypeBoxTypeProvider>()

  // Registered first, because it only traces what is registered after it.
  if (dependencies.traceRequests) await app.register(dependencies.traceRequests)
  await app.register(closingSignal)
  await app.register(closeConnections)
  await app.register(requestLog)
  await app.register(requestMetrics, dependencies)
  await app.register(securityHeaders)
  await app.register(corsPlugin, config)
  await app.register(underPressurePlugin, { ...config, uptime: dependencies.uptime })
  await app.register(rateLimitPlugin, { ...config, counters: dependencies.rateLimitCounters })
  await app.register(errorHandler)
  await app.register(jsonBody)
  await app.register(openapiPlugin, config)
  await app.register(authenticate, dependencies)
  await app.register(liveEventsPlugin, { ...dependencies, logger })

  const { publishOrEnqueue, relay } = createOutboxPublisher(dependencies, logger)
  await app.register(outboxRelay, { relay, intervalMs: relayIntervalMs })

  const closeRoutes = methodNotAllowed(app)
  health(app, dependencies)
  await app.register(serveWeb, { ...config, storeOrigins: dependencies.storeOrigins })
  await app.register(
    async (v1: GatewayApp) => {
      // After onRequest, so that guessing keys is rate-limited, and before the body is read.
      v1.addHook('preParsing', app.authenticate)
      v1.addHook('preParsing', (request, reply, _payload, done) => {
        const { countsItems, countsAs = 1 } = request.routeOptions.config
        const times = Math.min(countsAs, request.principal.requestsPerMinute)
        app.countRequests(request, reply, countsItems ? 0 : times, done)
      })
      v1.addHook('onRequest', (_request, reply, done) => {
        reply.header('cache-control', 'no-store')
        done()
      })
      const requestUpload = createRequestUpload(config, dependencies, publishOrEnqueue)
      createUpload(v1, requestUpload)
      createUploadBatch(v1, requestUpload)
      completeUpload(v1, dependencies, publishOrEnqueue)
      getImage(v1, config, dependencies)
      listImages(v1, dependencies)
      webhookRoutes(v1, config, dependencies)
      streamEvents(v1)
    },
    { prefix: '/v1' },
  )
  closeRoutes()
  return app
}
