/** The gateway as a process. */
import closeWithGrace from 'close-with-grace'
import { pino } from 'pino'
import { collectDefaultMetrics } from 'prom-client'
import { readOrExit } from '../core/config/read-config.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { writeOncePerTick } from '../core/telemetry/write-once-per-tick.ts'
import { composeGateway } from './compose-gateway.ts'
import { readGatewayConfig } from './config.ts'
import { createRequestTracing } from './observe/create-request-tracing.ts'

const config = await readOrExit(() => readGatewayConfig())
const logger = createLogger('gateway', config.LOG_LEVEL, writeOncePerTick(pino.destination(1)))
const tracing = await startTracing({
  service: 'hashgate-gateway',
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
})
const traceRequests = tracing.isOn ? await createRequestTracing() : undefined
const { app, admin, metrics, close } = await readOrExit(() =>
  composeGateway(config, { logger, traceRequests }),
)
collectDefaultMetrics({ register: metrics.registry })

closeWithGrace({ delay: 4_000, logger }, async ({ err }) => {
  if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
  await close()
  await tracing.close()
})

const adminUrl = await admin.listen({ host: config.ADMIN_HOST, port: config.ADMIN_PORT })
const url = await app.listen({ host: config.HOST, port: config.PORT })
process.send?.({ ready: true, url, adminUrl })
