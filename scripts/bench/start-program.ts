import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { spawnChild, stopChild } from '../local/spawn-child.ts'

export interface Program<Ready> {
  pid: number
  /** The program's first message. */
  ready: Ready
  ask<Answer>(question: string): Promise<Answer>
  stop(): Promise<void>
}

/**
 * Starts a measured program in a new process, so that its cost does not include that of the measurement. It sends `{ ready: … }` first, and answers each question with one message (`answer-questions.ts`).
 * @throws Error when it ends before it is ready
 */
export async function startProgram<Ready>(
  program: URL,
  environment: Record<string, string> = {},
): Promise<Program<Ready>> {
  const child = spawnChild(program, { environment, output: 'pipe' })
  child.stdout?.resume()
  const { ready } = await nextMessage<{ ready: Ready }>(child)

  async function ask<Answer>(question: string): Promise<Answer> {
    const answer = nextMessage<Answer>(child)
    child.send(question)
    return answer
  }

  return { pid: child.pid ?? 0, ready, ask, stop: () => stopChild(child) }
}

async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const noLonger = new AbortController()
  const { signal } = noLonger
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`${child.spawnargs.at(-1)} ended with code ${code}`)
  })
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [Message]
    return message
  } finally {
    ended.catch(() => {})
    noLonger.abort()
  }
}
