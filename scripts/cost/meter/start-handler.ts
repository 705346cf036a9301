import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { limitConcurrency } from '../../../core/limit-concurrency.ts'
import type { TriggerEvent } from '../../../processor/lambda.ts'

/** One call of the handler. */
export interface Call {
  /** Wall-clock milliseconds, which Lambda bills. */
  ms: number
  /** CPU time of all threads in milliseconds. */
  cpuMs: number
}

type Answer = Call | { failure: string }

const program = fileURLToPath(new URL('handler-program.ts', import.meta.url))
const firstCore = ['--cpu-list', '0']

/**
 * Starts the processor's Lambda handler in a process restricted to one core, like a function with 1,769 MB of memory. Needs Linux's
 * `taskset`; elsewhere the process may use all cores.
 */
export async function startHandler(environment: Record<string, string>) {
  const command = [process.execPath, '--disable-warning=TimeoutNegativeWarning', program]
  const pinned = process.platform === 'linux' ? ['taskset', ...firstCore, ...command] : command
  const [file = '', ...args] = pinned
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '1', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  let logBytes = 0
  child.stdout?.on('data', (written: Buffer) => {
    logBytes += written.length
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => {
    throw new Error(`The handler's process exited with code ${code}.`)
  })
  failed.catch(() => {})
  const nextAnswer = async (): Promise<Answer> =>
    ((await Promise.race([once(child, 'message'), failed])) as [Answer])[0]
  await nextAnswer()
  const inTurn = limitConcurrency(1)

  return {
    /** Calls the handler, one event at a time. @throws Error when it throws: the event would be delivered again */
    invoke: (event: TriggerEvent): Promise<Call> =>
      inTurn(async () => {
        const answer = nextAnswer()
        child.send(event)
        const call = await answer
        if ('failure' in call) throw new Error(`The handler failed: ${call.failure}`)
        return call
      }),
    /** Returns the bytes that it logged since the last call. */
    takeLogBytes: (): number => {
      const bytes = logBytes
      logBytes = 0
      return bytes
    },
    close: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
