import type { FastifyInstance } from 'fastify'
import type { MetricsReader } from '../observe/create-metrics-reader.ts'
import { drain } from './drain.ts'
import type { WorkerOrder, WorkerReport } from './messages.ts'

/** Longer than the keep-alive timeout of 75 s, after which idle connections end. */
const drainLimitMs = 80_000

interface Gateway {
  app: Pick<FastifyInstance, 'server' | 'closing' | 'liveEvents'>
  metricsReader: MetricsReader
}

/**
 * Carries out the primary's orders in a worker process.
 * @param close ends the process; it may be called again
 * @returns the function that sends the last metrics before the process exits
 */
export function followPrimary({ app, metricsReader }: Gateway, close: () => void): () => Promise<void> {
  async function sendMetrics(measuresOutbox: boolean): Promise<void> {
    const report: WorkerReport = { metrics: await metricsReader.readValues(measuresOutbox) }
    await new Promise((resolve) => process.send?.(report, resolve))
  }

  async function carryOut(message: WorkerOrder): Promise<void> {
    if (message.order === 'send-metrics') await sendMetrics(message.measuresOutbox)
    if (message.order === 'drain') {
      app.liveEvents.endAll()
      await drain(app.server, AbortSignal.any([app.closing, AbortSignal.timeout(drainLimitMs)]))
      close()
    }
    if (message.order === 'close') close()
  }

  process.on('message', carryOut)
  // The response to listen() comes from the primary, and nothing else may keep the process alive until then.
  process.channel?.ref()
  // A closing terminal sends SIGHUP to all processes. Only the primary acts on it.
  process.on('SIGHUP', () => {})
  return () => sendMetrics(false)
}
