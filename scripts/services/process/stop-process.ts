import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessRecord } from './process-record.ts'

const pollMs = 50
const killedWithinMs = 10_000

type RecordedProcess = Pick<ProcessRecord, 'name' | 'pid' | 'startMark'>

/**
 * Sends SIGTERM to a process, and SIGKILL if it has not exited after `graceMs`. A different process with the same PID
 * receives no signal.
 * @returns how it ended; `gone` if it was not running
 * @throws Error when it cannot be stopped
 */
export async function stopProcess(
  record: RecordedProcess,
  graceMs: number,
): Promise<'gone' | 'ended' | 'killed'> {
  if (!signal(record, 'SIGTERM')) return 'gone'
  if (await hasEndedWithin(record, graceMs)) return 'ended'
  signal(record, 'SIGKILL')
  if (await hasEndedWithin(record, killedWithinMs)) return 'killed'
  throw new Error(`${record.name} (process ${record.pid}) cannot be stopped.`)
}

/** False if the process is not running. */
function signal(record: RecordedProcess, name: NodeJS.Signals): boolean {
  if (!isAlive(record)) return false
  try {
    return process.kill(record.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

async function hasEndedWithin(record: RecordedProcess, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(pollMs)) {
    if (!isAlive(record)) return true
  }
  return false
}
