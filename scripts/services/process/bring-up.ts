import type { Service } from '../service.ts'
import { logFile, type ServicesLayout } from '../services-layout.ts'
import { isAlive, type ProcessRecord, readRecord, removeRecord } from './process-record.ts'
import { startProcess } from './start-process.ts'
import { stopProcess } from './stop-process.ts'
import { isHealthy, waitUntilReady } from './wait-until-ready.ts'

export interface BroughtUp {
  record: ProcessRecord
  wasRunning: boolean
}

/**
 * Starts a service and waits until it is ready. A healthy service keeps running; an unhealthy one is restarted.
 * @throws Error with the end of its log; its process has then been stopped
 */
export async function bringUp(layout: ServicesLayout, service: Service): Promise<BroughtUp> {
  const earlier = await readRecord(layout.processes, service.name)
  if (earlier && isAlive(earlier)) {
    if (await isHealthy(service)) return { record: earlier, wasRunning: true }
    await stopProcess(earlier, service.endsWithinMs)
  }
  return { record: await start(layout, service), wasRunning: false }
}

async function start(layout: ServicesLayout, service: Service): Promise<ProcessRecord> {
  const launch = await service.prepare()
  try {
    const record = await startProcess(layout, service.name, launch)
    await waitUntilReady(service, record, logFile(layout, service.name)).catch(async (error) => {
      await stopProcess(record, service.endsWithinMs)
      await removeRecord(layout.processes, service.name)
      throw error
    })
    return record
  } finally {
    await launch.afterStart?.()
  }
}
