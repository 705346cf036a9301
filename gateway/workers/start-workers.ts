import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../core/telemetry/logger.ts'
import { createBackOff } from './back-off.ts'
import type { createWorkerMetrics } from './create-worker-metrics.ts'
import type { WorkerReport } from './messages.ts'
import { becomeReady, describeExit, endWorker } from './worker-process.ts'

/** A worker that has not ended by then after the order to drain, which takes 85 s at most, is killed. */
const drainLimitMs = 100_000

interface WorkersOptions {
  count: number
  metrics: ReturnType<typeof createWorkerMetrics>
  logger: Logger
}

export type Workers = Awaited<ReturnType<typeof startWorkers>>

/**
 * Starts worker processes of this program and resolves when all are ready. A worker that ends without an order is replaced.
 * @throws Error when one of the first ends before it is ready
 */
export async function startWorkers({ count, metrics, logger }: WorkersOptions) {
  /** The workers that take new connections. */
  const serving = new Set<Worker>()
  const closing = new AbortController()
  const nextDelay = createBackOff()
  const operation = 'workers'

  /** Resolves to the URL of the API. */
  async function start(): Promise<string> {
    const worker = cluster.fork()
    worker.on('message', (report: WorkerReport) => metrics.note(worker, report))
    // Node.js could not send it a message, because it has just ended. Unhandled, this would end the primary.
    worker.on('error', (err) => logger.warn({ operation, err }, `worker process ${worker.process.pid}`))
    // After the exit messages may still arrive, but none after this.
    worker.once('disconnect', () => metrics.retire(worker))
    const url = await becomeReady(worker)
    serving.add(worker)
    metrics.workers.set(serving.size)
    worker.once('exit', () => {
      if (release(worker) && !closing.signal.aborted) void replace(worker)
    })
    return url
  }

  /** @returns whether it was serving */
  function release(worker: Worker): boolean {
    const wasServing = serving.delete(worker)
    metrics.workers.set(serving.size)
    return wasServing
  }

  async function replace(ended: Worker): Promise<void> {
    metrics.crashes.inc()
    let reason = `worker process ${ended.process.pid} ended (${describeExit(ended)})`
    while (!closing.signal.aborted) {
      const delayMs = nextDelay()
      logger.error({ operation }, `${reason}; another one starts in ${delayMs} ms`)
      await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => {})
      if (closing.signal.aborted) return
      try {
        await start()
        return
      } catch (error) {
        reason = (error as Error).message
      }
    }
  }

  async function replaceAll(): Promise<void> {
    const old = [...serving]
    const drained: Promise<void>[] = []
    logger.info({ operation }, `replacing ${old.length} worker processes`)
    for (const worker of old) {
      try {
        await start()
      } catch (err) {
        logger.error({ operation, err }, 'the restart stopped; the worker processes that are left continue')
        break
      }
      // A worker that has crashed in the meantime is replaced already.
      if (release(worker)) drained.push(endWorker(worker, 'drain', drainLimitMs))
    }
    await Promise.all(drained)
    logger.info({ operation }, `${drained.length} worker processes were replaced`)
  }

  let restarting = Promise.resolve()
  /**
   * Starts a new worker for each present one, which drains as soon as the new one is ready. One restart follows another, so
   * there are never more than twice as many processes.
   */
  function restart(): Promise<void> {
    restarting = restarting.then(() => (closing.signal.aborted ? undefined : replaceAll()))
    return restarting
  }

  /** Ends all workers as on SIGTERM, also those that start or drain. */
  async function close(): Promise<void> {
    closing.abort()
    const all = Object.values(cluster.workers ?? {})
    await Promise.all(all.map((worker) => worker && endWorker(worker, 'close')))
  }

  const [url = ''] = await Promise.all(Array.from({ length: count }, start))
  return { url, restart, close }
}
