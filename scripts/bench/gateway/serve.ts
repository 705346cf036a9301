import type { FastifyInstance } from 'fastify'
import { answerQuestions } from '../answer-questions.ts'

/** Listens on a free port and tells the bench where, and from then on how much CPU this process has used. */
export async function serve(app: Pick<FastifyInstance, 'listen'>): Promise<void> {
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  answerQuestions(url, { cpuMicros })
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}
