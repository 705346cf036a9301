import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readStartMark } from './read-start-mark.ts'

/** Which process a service is, in a way that a later process with the same number is not taken for it. */
export interface ProcessRecord {
  name: string
  pid: number
  startMark: string
  /** ISO 8601. */
  startedAt: string
  version: string
}

const recordFile = (directory: string, name: string) => join(directory, `${name}.json`)

export async function writeRecord(directory: string, record: ProcessRecord): Promise<void> {
  await writeFile(recordFile(directory, record.name), JSON.stringify(record), { mode: 0o600 })
}

export async function removeRecord(directory: string, name: string): Promise<void> {
  await rm(recordFile(directory, name), { force: true })
}

export async function readRecord(directory: string, name: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(recordFile(directory, name), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseRecord(text)
}

export async function readRecords(directory: string): Promise<ProcessRecord[]> {
  const files = await readdir(directory).catch(() => [])
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))
  const records = await Promise.all(names.map((name) => readRecord(directory, name)))
  return records.filter((record) => record !== undefined)
}

/** Whether the very process that was started is alive. */
export function isAlive({ pid, startMark }: Pick<ProcessRecord, 'pid' | 'startMark'>): boolean {
  return readStartMark(pid) === startMark
}

/** A file that was cut off tells of nothing that could be ended safely. */
function parseRecord(text: string): ProcessRecord | undefined {
  try {
    const record: ProcessRecord = JSON.parse(text)
    const isUsable = Number.isInteger(record.pid) && record.pid > 1 && record.startMark
    return isUsable ? record : undefined
  } catch {
    return undefined
  }
}
