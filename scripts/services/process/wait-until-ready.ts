import { setTimeout as sleep } from 'node:timers/promises'
import { readLogTail } from '../read-log-tail.ts'
import type { Service } from '../service.ts'
import { isAlive, type ProcessRecord } from './process-record.ts'

const pollMs = 250
const probeTimeoutMs = 5_000

/** Whether the service is healthy. Does not hang and does not throw. */
export async function isHealthy({ probe }: Pick<Service, 'probe'>): Promise<boolean> {
  return (await tryProbe(probe)) === undefined
}

/** @throws Error with the end of the log when the process exits or does not become ready in time */
export async function waitUntilReady(service: Service, record: ProcessRecord, log: string): Promise<void> {
  const { name, probe, readyWithinMs } = service
  for (const end = Date.now() + readyWithinMs; ; await sleep(pollMs)) {
    const failure = await tryProbe(probe)
    if (!isAlive(record)) throw new Error(`${name} exited before it was ready.\n${await readLogTail(log)}`)
    if (!failure) return
    if (Date.now() < end) continue
    const seconds = readyWithinMs / 1_000
    throw new Error(`${name} was not ready after ${seconds} s: ${failure}\n${await readLogTail(log)}`)
  }
}

/** The reason why the service is not healthy, or undefined. */
async function tryProbe(probe: Service['probe']): Promise<string | undefined> {
  const limit = new AbortController()
  const tooLate = sleep(probeTimeoutMs, 'no answer', { signal: limit.signal }).catch(() => undefined)
  const answer = probe().then(
    () => undefined,
    (error: Error) => error.message || error.name,
  )
  return Promise.race([answer, tooLate]).finally(() => limit.abort())
}
