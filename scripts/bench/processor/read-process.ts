import { readFile } from 'node:fs/promises'

/** Linux reports CPU times in hundredths of a second. Source: proc(5), sysconf(3). */
const ticksPerSecond = 100

/** CPU seconds, user and system, of a running process. NaN without /proc. */
export async function readCpuSeconds(pid: number): Promise<number> {
  return sumTicks(await readStat(pid), 14)
}

/** CPU seconds of all children of this process that have ended. */
export async function readChildrenCpuSeconds(): Promise<number> {
  return sumTicks(await readStat('self'), 16)
}

/** @param first the number of the first of the two fields in proc(5): `utime` is 14, `cutime` 16 */
function sumTicks(fields: string[], first: number): number {
  // Field 2, the name in brackets, can contain blanks, so the list starts with field 3.
  return (Number(fields[first - 3]) + Number(fields[first - 2])) / ticksPerSecond
}

async function readStat(pid: number | 'self'): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** The peak memory of a running process. NaN without /proc. */
export function peakMegabytes(pid: number): Promise<number> {
  return readStatus(pid, 'VmHWM')
}

/** The memory that a process uses now. NaN when it has ended. */
export function residentMegabytes(pid: number): Promise<number> {
  return readStatus(pid, 'VmRSS')
}

async function readStatus(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
}
