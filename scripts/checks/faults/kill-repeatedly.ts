import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

interface Program {
  pid: () => number | undefined
}

/**
 * Kills a program and its restarted successors with SIGKILL at random intervals. Returns a function that stops this and resolves
 * with the number of kills.
 */
export function killRepeatedly(program: Program, [fromMs, toMs]: [number, number]): () => Promise<number> {
  const stopping = new AbortController()
  const killing = killUntil(stopping.signal)

  async function killUntil(signal: AbortSignal): Promise<number> {
    const killed = new Set<number>()
    for (;;) {
      await sleep(randomInt(fromMs, toMs), undefined, { signal }).catch(() => {})
      if (signal.aborted) return killed.size
      const pid = program.pid()
      if (pid !== undefined && !killed.has(pid) && kill(pid)) killed.add(pid)
    }
  }

  return () => {
    stopping.abort()
    return killing
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
