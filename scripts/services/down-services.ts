import { rm } from 'node:fs/promises'
import { pickServices } from './describe-services.ts'
import { lockDirectory } from './process/lock-directory.ts'
import { type ProcessRecord, readRecords, removeRecord } from './process/process-record.ts'
import { stopProcess } from './process/stop-process.ts'
import type { ServicesLayout } from './services-layout.ts'

/** All at once, no broker finds another to hand its partitions to; and what they keep is removed anyway. */
const graceMs = 4_000
/** A broker that leaves alone hands over its partitions first. */
const graceForOneMs = 30_000

/**
 * Ends the processes that `upServices` started, and no others.
 * @param names empty: all, and their data, ports and passwords are forgotten
 */
export async function downServices(layout: ServicesLayout, names: string[] = []): Promise<void> {
  const release = await lockDirectory(layout.root)
  try {
    const all = await readRecords(layout.processes)
    const records = pickServices(all, names)
    const grace = names.length > 0 ? graceForOneMs : graceMs
    await Promise.all(records.map((record) => stopAndTell(layout, record, grace)))
    if (names.length === 0) await forget(layout)
    if (all.length === 0) console.log('Nothing runs.')
  } finally {
    await release()
  }
}

async function stopAndTell({ processes }: ServicesLayout, record: ProcessRecord, grace: number) {
  const outcome = await stopProcess(record, grace)
  await removeRecord(processes, record.name)
  const said = { gone: 'had ended before', ended: 'ended', killed: `killed after ${grace / 1_000} s` }
  console.log(`${record.name.padEnd(9)} ${said[outcome]}`)
}

async function forget({ envFile, current }: ServicesLayout): Promise<void> {
  await rm(envFile, { force: true })
  await rm(current, { recursive: true, force: true })
}
