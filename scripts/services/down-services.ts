import { rm } from 'node:fs/promises'
import { pickServices } from './describe-services.ts'
import { lockDirectory } from './process/lock-directory.ts'
import { type ProcessRecord, readRecords, removeRecord } from './process/process-record.ts'
import { stopProcess } from './process/stop-process.ts'
import type { ServicesLayout } from './services-layout.ts'

/** When all brokers stop together, none can hand over its partitions, and their data is deleted anyway. */
const graceMs = 4_000
/** A broker that stops alone hands over its partitions first. */
const graceForOneMs = 30_000

/**
 * Stops the processes that `upServices` started, and no others.
 * @param names which services to stop; if empty, all, and their data, ports and passwords are deleted
 */
export async function downServices(layout: ServicesLayout, names: string[] = []): Promise<void> {
  const release = await lockDirectory(layout.root)
  try {
    const all = await readRecords(layout.processes)
    const records = pickServices(all, names)
    const grace = names.length > 0 ? graceForOneMs : graceMs
    await Promise.all(records.map((record) => stopAndReport(layout, record, grace)))
    if (names.length === 0) await removeData(layout)
    if (all.length === 0) console.log('No services are running.')
  } finally {
    await release()
  }
}

async function stopAndReport({ processes }: ServicesLayout, record: ProcessRecord, grace: number) {
  const outcome = await stopProcess(record, grace)
  await removeRecord(processes, record.name)
  const report = { gone: 'was not running', ended: 'stopped', killed: `killed after ${grace / 1_000} s` }
  console.log(`${record.name.padEnd(9)} ${report[outcome]}`)
}

async function removeData({ envFile, current }: ServicesLayout): Promise<void> {
  await rm(envFile, { force: true })
  await rm(current, { recursive: true, force: true })
}
