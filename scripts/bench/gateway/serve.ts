import cluster from 'node:cluster'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { FastifyInstance } from 'fastify'
import { answerQuestions } from '../answer-questions.ts'

/** Listens on a free port, and reports the port and this process's use of CPU and memory to the bench. */
export async function serve(app: Pick<FastifyInstance, 'listen'>): Promise<void> {
  // A cluster's worker gets its port through the channel, which must keep the process alive until then.
  process.channel?.ref()
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  answerQuestions(url, { cpuMicros, rssBytes: () => process.memoryUsage.rss(), usedBytes })
  if (cluster.isWorker) process.send?.({ ready: true, url })
}

/** Memory in use after a garbage collection. Unlike resident memory, it does not depend on earlier use. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
