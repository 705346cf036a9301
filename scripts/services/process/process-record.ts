import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Identifies the process of a service. `startMark` distinguishes it from a later process with the same PID. */
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

/** Whether exactly the recorded process is running, not just one with the same PID. */
export function isAlive({ pid, startMark }: Pick<ProcessRecord, 'pid' | 'startMark'>): boolean {
  return readStartMark(pid) === startMark
}

/** Undefined for a truncated file: it identifies no process that could be stopped safely. */
function parseRecord(text: string): ProcessRecord | undefined {
  try {
    const record: ProcessRecord = JSON.parse(text)
    const isUsable = Number.isInteger(record.pid) && record.pid > 1 && record.startMark
    return isUsable ? record : undefined
  } catch {
    return undefined
  }
}

/**
 * The start time of a running process as an opaque text, or undefined if no process has this PID (a zombie counts as
 * none). PID and start time together identify one process, even after the PID has been reused.
 */
export function readStartMark(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? readLinuxMark(pid) : readPsMark(pid)
}

/** Source: proc(5), `/proc/pid/stat`: state is field 3, start time in ticks since boot field 22. */
function readLinuxMark(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // Field 2 is the name in brackets, which may itself contain blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return `${readBootId()} ${fields[19]}`
}

const readBootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

function readPsMark(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'state=,lstart='], { encoding: 'utf8' })
  const [, state, startedAt] = /^(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? []
  return state?.startsWith('Z') ? undefined : startedAt
}
