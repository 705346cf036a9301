import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyServerOptions, LogController } from 'fastify'
import type { Logger } from '../core/telemetry/logger.ts'
import type { GatewayConfig } from './config.ts'
import { compileValidators } from './http/compile-validators.ts'
import type { GatewayDependencies } from './http/dependencies.ts'
import type { GatewayApp } from './http/gateway-app.ts'
import { toProblem } from './http/problems.ts'
import { authenticate } from './plugins/authenticate.ts'
import { closingSignal } from './plugins/closing-signal.ts'
import { corsPlugin } from './plugins/cors.ts'
import { errorHandler, sendProblem } from './plugins/error-handler.ts'
import { methodNotAllowed } from './plugins/method-not-allowed.ts'
import { openapiPlugin } from './plugins/openapi.ts'
import { outboxRelay } from './plugins/outbox-relay.ts'
import { rateLimitPlugin } from './plugins/rate-limit.ts'
import { logRequest, nameRequest, requestLog } from './plugins/request-log.ts'
import { requestMetrics } from './plugins/request-metrics.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { underPressurePlugin } from './plugins/under-pressure.ts'
import { completeUpload } from './routes/complete-upload.ts'
import { createUpload } from './routes/create-upload.ts'
import { createUploadBatch } from './routes/create-upload-batch.ts'
import { getImage } from './routes/get-image.ts'
import { health } from './routes/health.ts'
import { listImages } from './routes/list-images.ts'
import { createOutboxPublisher } from './uploads/outbox-publisher.ts'
import { createRequestUpload } from './uploads/request-upload.ts'

/** The settings that shape requests and answers; the others are for the process around the app. */
export type AppConfig = Pick<
  GatewayConfig,
  | 'CORS_ORIGINS'
  | 'MAX_EVENT_LOOP_DELAY_MS'
  | 'MAX_UPLOAD_BYTES'
  | 'MAX_WAIT_SECONDS'
  | 'RATE_LIMIT_PER_MINUTE'
  | 'TRUST_PROXY'
>

/** 100 items of a batch, each with the longest file name, fit in. */
const bodyLimitBytes = 256 * 1024

/** How soon events that had to wait follow once Kafka is back. */
const relayIntervalMs = 2_000

/** No hook runs where the router itself cannot read a path. */
const refuseUnreadable: FastifyServerOptions['frameworkErrors'] = (error, request, reply) => {
  nameRequest(request, reply)
  sendProblem(toProblem(error), request, reply)
  logRequest(request, reply)
}

/** The whole HTTP service, ready to listen. The order of registration is the order in which a request meets it. */
export async function createApp(
  config: AppConfig,
  dependencies: GatewayDependencies,
  logger: Logger,
): Promise<GatewayApp> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    frameworkErrors: refuseUnreadable,
    genReqId: () => randomUUID(),
    bodyLimit: bodyLimitBytes,
    trustProxy: config.TRUST_PROXY || false,
    // Above the 60 s after which a load balancer lets an idle connection go: it must be the one that closes.
    // Source: AWS, "Troubleshoot your Application Load Balancers", HTTP 502.
    keepAliveTimeout: 75_000,
    // Who sends a byte now and then is cut off; the body counts into the second.
    http: { headersTimeout: 20_000 },
    requestTimeout: 30_000,
    schemaController: { compilersFactory: { buildValidator: compileValidators } },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.removeContentTypeParser('text/plain')

  // First: it sees what is registered after it.
  if (dependencies.traceRequests) await app.register(dependencies.traceRequests)
  await app.register(closingSignal)
  await app.register(requestLog)
  await app.register(requestMetrics, dependencies)
  await app.register(securityHeaders)
  await app.register(corsPlugin, config)
  await app.register(underPressurePlugin, config)
  await app.register(rateLimitPlugin, { ...config, store: dependencies.rateLimitStore })
  await app.register(errorHandler)
  await app.register(openapiPlugin)
  await app.register(authenticate, dependencies)

  const { publishOrEnqueue, relay } = createOutboxPublisher(dependencies, logger)
  await app.register(outboxRelay, { relay, intervalMs: relayIntervalMs })

  const closeRoutes = methodNotAllowed(app)
  health(app, dependencies)
  await app.register(
    async (v1: GatewayApp) => {
      // After onRequest, so that guessing keys is limited too; before the body is read.
      v1.addHook('preParsing', async (request, reply) => {
        await app.authenticate(request, reply)
        await app.countRequests(request, reply)
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
    },
    { prefix: '/v1' },
  )
  closeRoutes()
  return app
}
