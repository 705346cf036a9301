import closeWithGrace from 'close-with-grace'
import type { Logger } from '../../core/telemetry/logger.ts'
import type { GatewayConfig } from '../config.ts'
import { createAdminApp } from '../observe/create-admin-app.ts'
import { countWorkers } from './count-workers.ts'
import { createWorkerMetrics } from './create-worker-metrics.ts'
import { startWorkers, type Workers } from './start-workers.ts'

/** A little longer than a worker may take. */
const closeLimitMs = 5_000

/** The primary process: it serves no requests, but starts the processes that do, and serves their metrics. */
export async function runWorkers(config: GatewayConfig, logger: Logger): Promise<void> {
  const metrics = createWorkerMetrics()
  const admin = createAdminApp(metrics, logger)
  let workers: Workers | undefined

  closeWithGrace({ delay: closeLimitMs, logger, skip: ['SIGHUP'] }, async ({ err }) => {
    if (err) logger.fatal({ operation: 'close', err }, 'closing after an error')
    await Promise.all([workers?.close(), admin.close()])
  })
  process.on('SIGHUP', () => void workers?.restart())

  if (!config.REDIS_URL) {
    logger.warn(
      { operation: 'workers' },
      'REDIS_URL is not set: each worker process enforces its share of every rate limit',
    )
  }
  workers = await startWorkers({ count: countWorkers(config), metrics, logger })
  const adminUrl = await admin.listen({ host: config.ADMIN_HOST, port: config.ADMIN_PORT })
  process.send?.({ ready: true, url: workers.url, adminUrl })
}
