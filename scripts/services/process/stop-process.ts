import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessRecord } from './process-record.ts'

const pollMs = 50
const killedWithinMs = 10_000

type Victim = Pick<ProcessRecord, 'name' | 'pid' | 'startMark'>

/**
 * Asks a process to end, and makes it end when it has not after `graceMs`. A process that only has the same number is
 * not touched.
 * @returns how it ended; `gone`: it had ended before
 * @throws Error when it cannot be ended
 */
export async function stopProcess(record: Victim, graceMs: number): Promise<'gone' | 'ended' | 'killed'> {
  if (!signal(record, 'SIGTERM')) return 'gone'
  if (await hasEndedWithin(record, graceMs)) return 'ended'
  signal(record, 'SIGKILL')
  if (await hasEndedWithin(record, killedWithinMs)) return 'killed'
  throw new Error(`${record.name} (process ${record.pid}) cannot be ended.`)
}

/** False when there is nobody to tell. */
function signal(record: Victim, name: NodeJS.Signals): boolean {
  if (!isAlive(record)) return false
  try {
    return process.kill(record.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

async function hasEndedWithin(record: Victim, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(pollMs)) {
    if (!isAlive(record)) return true
  }
  return false
}
