import { readFile } from 'node:fs/promises'

/** The most memory that a living process has held at one time. NaN where there is no /proc. */
export function peakMegabytes(pid: number): Promise<number> {
  return readStatus(pid, 'VmHWM')
}

/** What a process holds now; NaN when it has ended. */
export function residentMegabytes(pid: number): Promise<number> {
  return readStatus(pid, 'VmRSS')
}

async function readStatus(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
}
