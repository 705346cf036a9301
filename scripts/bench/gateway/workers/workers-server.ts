/** The stubbed gateway as WORKERS worker processes behind one port, started as in production. */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createWorkerMetrics } from '../../../../gateway/workers/create-worker-metrics.ts'
import { startWorkers } from '../../../../gateway/workers/start-workers.ts'
import { answerQuestions } from '../../answer-questions.ts'
import { cpuMicros } from '../serve.ts'
import { logger } from '../serve-gateway.ts'

cluster.setupPrimary({ exec: fileURLToPath(new URL('../stubbed-server.ts', import.meta.url)) })
const { url } = await startWorkers({
  count: Number(process.env.WORKERS),
  metrics: createWorkerMetrics(),
  logger,
})

async function cpuMicrosOf(worker: Worker): Promise<number> {
  const answer = once(worker, 'message')
  worker.send('cpuMicros')
  return (await answer)[0]
}

answerQuestions(url, {
  /** CPU and memory of the primary and all workers. */
  async cpuMicros() {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    const ofWorkers = await Promise.all(workers.map(cpuMicrosOf))
    return ofWorkers.reduce((sum, micros) => sum + micros, cpuMicros())
  },
})
