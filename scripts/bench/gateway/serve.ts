import cluster from 'node:cluster'
import type { FastifyInstance } from 'fastify'
import { answerQuestions } from '../answer-questions.ts'

/** Listens on a free port and tells the bench where, and from then on how much CPU and memory this process uses. */
export async function serve(app: Pick<FastifyInstance, 'listen'>): Promise<void> {
  // A cluster's worker gets its port through the channel, which must keep the process alive until then.
  process.channel?.ref()
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  answerQuestions(url, { cpuMicros, rssBytes: () => process.memoryUsage.rss() })
  if (cluster.isWorker) process.send?.({ ready: true, url })
}

export function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
