import { readFile } from 'node:fs/promises'

/** Linux tells user space times in hundredths of a second, whatever the kernel's own clock. Source: proc(5), sysconf(3). */
const ticksPerSecond = 100

/** CPU seconds, user and system, of a living process. NaN where there is no /proc. */
export async function readCpuSeconds(pid: number): Promise<number> {
  return sumTicks(await readStat(pid), 14)
}

/** The same of all children of this process that have ended. */
export async function readChildrenCpuSeconds(): Promise<number> {
  return sumTicks(await readStat('self'), 16)
}

/** @param first the number of the first of the two fields in proc(5): `utime` is 14, `cutime` 16 */
function sumTicks(fields: string[], first: number): number {
  // The name, in brackets, may hold blanks, so the fields are counted from the third on, which follows it.
  return (Number(fields[first - 3]) + Number(fields[first - 2])) / ticksPerSecond
}

async function readStat(pid: number | 'self'): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
