import cluster from 'node:cluster'
import closeWithGrace from 'close-with-grace'
import { collectDefaultMetrics } from 'prom-client'
import { readOrExit } from '../core/config/read-config.ts'
import type { Logger } from '../core/telemetry/logger.ts'
import { startTracing } from '../core/telemetry/start-tracing.ts'
import { composeGateway } from './compose-gateway.ts'
import type { GatewayConfig } from './config.ts'
import { createRequestTracing } from './observe/create-request-tracing.ts'
import { followPrimary } from './workers/follow-primary.ts'

/** Serves the API until the process is stopped: as the only process, or as one of the primary's workers. */
export async function serveRequests(config: GatewayConfig, logger: Logger): Promise<void> {
  const tracing = await startTracing({
    service: 'hashgate-gateway',
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  })
  const traceRequests = tracing.isOn ? await createRequestTracing() : undefined
  const gateway = await readOrExit(() => composeGateway(config, { logger, traceRequests }))
  const { app, admin, metrics, close } = gateway
  collectDefaultMetrics({ register: metrics.registry })

  let isClosing = false
  const closing = closeWithGrace({ delay: 4_000, logger }, async ({ err }) => {
    isClosing = true
    if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
    await close()
    await tracing.close()
    await sendLastMetrics?.()
  })
  const closeOnce = () => {
    if (!isClosing) closing.close()
  }
  const sendLastMetrics = cluster.isWorker ? followPrimary(gateway, closeOnce) : undefined

  // The primary serves the metrics of its workers.
  const { ADMIN_HOST: host, ADMIN_PORT: port } = config
  const adminUrl = cluster.isWorker ? undefined : await admin.listen({ host, port })
  const url = await app.listen({ host: config.HOST, port: config.PORT })
  process.send?.({ ready: true, url, adminUrl })
}
