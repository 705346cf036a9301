import { execFileSync } from 'node:child_process'
import { isAlive, type ProcessRecord, readRecord } from '../../../services/process/process-record.ts'
import type { ServicesLayout } from '../../../services/services-layout.ts'
import type { Repair } from './inject-faults.ts'

/** Kills a program that its supervisor restarts. */
export function kill({ pid }: { pid: () => number | undefined }): Repair {
  signalTo(pid(), 'SIGKILL')
  return () => {}
}

/** Suspends a process, as happens on a paused or swapping virtual machine. */
export function pause(pid: number | undefined): Repair {
  signalTo(pid, 'SIGSTOP')
  return () => signalTo(pid, 'SIGCONT')
}

export async function pauseService(layout: ServicesLayout, name: string): Promise<Repair> {
  const service = await findService(layout, name)
  const resume = pause(service.pid)
  return () => isAlive(service) && resume()
}

/**
 * Makes every write that extends a file of a service fail, as on a full disk: with EFBIG in place of ENOSPC.
 * Source: prlimit(1) of util-linux, so Linux only.
 */
export async function fillDisk(layout: ServicesLayout, name: string): Promise<Repair> {
  const service = await findService(layout, name)
  // Set only the soft limit, so that it can be lifted.
  const limit = (bytes: string) => execFileSync('prlimit', [`--pid=${service.pid}`, `--fsize=${bytes}:`])
  limit('0')
  // A broker exits when it cannot write, so there is no limit left to lift.
  return () => {
    if (isAlive(service)) limit('unlimited')
  }
}

async function findService({ processes }: ServicesLayout, name: string): Promise<ProcessRecord> {
  const service = await readRecord(processes, name)
  if (!service || !isAlive(service)) throw new Error(`The service ${name} is not running.`)
  return service
}

/** Ignores processes that have just ended. */
function signalTo(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
