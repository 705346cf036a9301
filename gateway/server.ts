/** The gateway as a process. With `GATEWAY_WORKERS` above 1 it is the primary of that many processes of the same program. */
import cluster from 'node:cluster'
import { pino } from 'pino'
import { readOrExit } from '../core/config/read-config.ts'
import { createLogger } from '../core/telemetry/logger.ts'
import { writeOncePerTick } from '../core/telemetry/write-once-per-tick.ts'
import { readGatewayConfig } from './config.ts'
import { countWorkers } from './workers/count-workers.ts'

/** POSIX: longer writes of several processes to one pipe may mix. Linux's `PIPE_BUF`. */
const unmixedBytes = 4_096

const config = await readOrExit(() => readGatewayConfig())
const stdout = writeOncePerTick(
  pino.destination({ dest: 1, sync: true }),
  cluster.isWorker ? unmixedBytes : undefined,
)
const logger = createLogger('gateway', config.LOG_LEVEL, stdout)

// Imported when needed: the primary does not use the modules of the API.
if (cluster.isPrimary && countWorkers(config) > 1) {
  const { runWorkers } = await import('./workers/run-workers.ts')
  await runWorkers(config, logger)
} else {
  const { serveRequests } = await import('./serve-requests.ts')
  await serveRequests(config, cluster.isWorker ? logger.child({ pid: process.pid }) : logger)
}
