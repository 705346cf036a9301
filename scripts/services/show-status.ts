import { printTable } from '../bench/print-table.ts'
import { describeServices } from './describe-services.ts'
import { isAlive, readRecord } from './process/process-record.ts'
import { isHealthy } from './process/wait-until-ready.ts'
import type { Service } from './service.ts'
import type { ServicesLayout } from './services-layout.ts'
import { readState } from './services-state.ts'

const head = ['service', 'state', 'version', 'address', 'process', 'since']

/** Prints the state of all services. @returns whether all are ready */
export async function showStatus(layout: ServicesLayout): Promise<boolean> {
  const state = await readState(layout)
  if (!state) {
    console.log('The services are not running: start them with "npm run services -- up".')
    return false
  }
  const services = describeServices(layout, state)
  const rows = await Promise.all(services.map((service) => describeRow(layout, service)))
  printTable({ title: 'Services', head, rows, notes: [] })
  return rows.every(([, state]) => state === 'ready')
}

async function describeRow({ processes }: ServicesLayout, service: Service): Promise<(string | number)[]> {
  const record = await readRecord(processes, service.name)
  if (!record) return [service.name, 'stopped', '', service.address, '', '']
  const { version, pid, startedAt } = record
  const state = await describeState(service, isAlive(record))
  return [service.name, state, version, service.address, pid, startedAt.slice(0, 19)]
}

async function describeState(service: Service, runs: boolean): Promise<string> {
  if (!runs) return 'exited unexpectedly'
  return (await isHealthy(service)) ? 'ready' : 'not responding'
}
