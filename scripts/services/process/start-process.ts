import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { inheritedEnvironment } from '../../config.ts'
import type { Launch } from '../service.ts'
import { logFile, type ServicesLayout } from '../services-layout.ts'
import { type ProcessRecord, readStartMark, writeRecord } from './process-record.ts'

/** Starts a detached program with its output in its log, and records its process. */
export async function startProcess(
  layout: ServicesLayout,
  name: string,
  { program, args, environment = {}, version }: Launch,
): Promise<ProcessRecord> {
  mkdirSync(layout.processes, { recursive: true, mode: 0o700 })
  const output = openSync(logFile(layout, name), 'a', 0o600)
  const child = spawn(program, args, {
    cwd: layout.current,
    detached: true,
    env: { ...inheritedEnvironment(), ...environment },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`)))
  })
  child.unref()
  const pid = child.pid ?? 0
  const startMark = readStartMark(pid) ?? 'exited at once'
  const record = { name, pid, startMark, startedAt: new Date().toISOString(), version }
  await writeRecord(layout.processes, record)
  return record
}
