import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

interface Program {
  pid: () => number | undefined
}

/**
 * Kills a program with SIGKILL, and what is started in its place, at moments that nobody can foresee. Returns the function
 * that ends it and tells how often it has killed.
 */
export function killAgainAndAgain(program: Program, [fromMs, toMs]: [number, number]): () => Promise<number> {
  const ending = new AbortController()
  const killing = killUntil(ending.signal)

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
    ending.abort()
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
